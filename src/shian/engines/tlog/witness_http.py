"""A witness over HTTP (C2SP tlog-witness): the server as a WSGI application, the client as one function.

    POST <prefix>/add-checkpoint        old <size> · consistency proof, a hash a line · empty line · checkpoint

    200 cosignature lines · 400 malformed · 403 no valid signature of the log · 404 unknown log
    409 the witness has seen another size (given as ``text/x.tlog.size``) or another root · 422 the proof fails

Neither side reads a clock or opens a connection: time and transport are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shian.core.tlog.checkpoint import Checkpoint, is_size
from shian.core.tlog.note import NoteError, Signature, SignedNote, Verifier
from shian.core.words import say

from .log import Log
from .witness import AddCheckpoint, Witness, WitnessRefusal

PATH = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
_TEXT_TYPE = "text/plain; charset=utf-8"
MOST_BYTES = 1 << 16
"""Of a request: 63 proof lines are 2.8 kB, a checkpoint with a hundred signatures 20 kB."""

_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Entity",
}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, content type without parameters, body."""

    status: int
    content_type: str
    body: bytes


class WitnessApp:
    """The WSGI application around one :class:`~.witness.Witness`; ``now`` gives POSIX seconds."""

    def __init__(self, witness: Witness, now: Callable[[], int]) -> None:
        self._witness, self._now = witness, now

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
    ) -> Iterable[bytes]:
        answer = self._answer(environ)
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]
        if answer.status == 405:
            headers.append(("Allow", "POST"))
        start_response(f"{answer.status} {_REASONS[answer.status]}", headers)
        return [answer.body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        try:
            request = AddCheckpoint.parse(_request_text(environ))
            line = self._witness.add_checkpoint(request, self._now()).line()
        except WitnessRefusal as refusal:
            if refusal.size is not None:
                return Answer(refusal.status, SIZE_TYPE, f"{refusal.size}\n".encode())
            return Answer(refusal.status, _TEXT_TYPE, f"{refusal}\n".encode())
        return Answer(200, _TEXT_TYPE, line.encode())


def _request_text(environ: dict[str, Any]) -> str:
    if environ.get("PATH_INFO", "") != PATH:
        raise WitnessRefusal(
            404, "path", say("path=%(path)r: 应为 %(right)s", path=environ.get("PATH_INFO", ""), right=PATH)
        )
    if environ["REQUEST_METHOD"] != "POST":
        raise WitnessRefusal(
            405, "method", say("method=%(method)s: 应为 POST", method=environ["REQUEST_METHOD"])
        )
    length = environ.get("CONTENT_LENGTH") or ""
    if not length and environ.get("wsgi.input_terminated"):
        length = str(MOST_BYTES + 1)  # chunked: the server ends the stream
    if not is_size(length):
        raise WitnessRefusal(
            400, "content_length", say("Content-Length=%(value)r: 应为正文的字节数", value=length[:30])
        )
    body = environ["wsgi.input"].read(min(int(length), MOST_BYTES + 1))
    if len(body) > MOST_BYTES:
        raise WitnessRefusal(413, "too_large", say("request: 超过 %(most)s 字节", most=MOST_BYTES))
    try:
        return str(body, "utf-8")
    except UnicodeDecodeError as error:
        raise WitnessRefusal(400, "encoding", say("request: 不是 UTF-8")) from error


def cosign(
    log: Log, note: SignedNote, keys: Sequence[Verifier], post: Callable[[bytes], Answer]
) -> tuple[Signature, ...]:
    """Ask one witness to cosign ``note``, a checkpoint of ``log``; return its valid cosignatures by ``keys``.

    ``post`` sends a request body to the witness. The size it saw last is taken from the newest checkpoint
    of the log that it cosigned; when that is not so, it says its size (409) and is asked once more. Raises
    :class:`~.witness.WitnessRefusal` with its status when it refuses; cosignatures by other keys are ignored.
    """
    size = Checkpoint.of(note).size
    held = [Checkpoint.of(n).size for n in log.checkpoints() if any(n.signed_by(key) for key in keys)]
    old = max((s for s in held if s <= size), default=0) if len(keys) == 1 else 0
    answer = post(_request(log, note, old, size))
    if answer.status == 409 and (seen := _told_size(answer)) != old:
        if seen > size:
            raise WitnessRefusal(
                409,
                "rolled_back",
                say(
                    "见证方已见过 %(seen)s 条，本检查点只有 %(size)s 条：日志被回退，或检查点已旧",
                    seen=seen,
                    size=size,
                ),
                seen,
            )
        answer = post(_request(log, note, seen, size))
    if answer.status == 409:
        raise WitnessRefusal(
            409,
            "fork",
            say("见证方在 %(size)s 条处见过另一个根：日志分叉", size=_told_size(answer)),
            _told_size(answer),
        )
    if answer.status != 200:
        raise WitnessRefusal(
            answer.status, "answer", answer.body[:300].decode("utf-8", "replace").strip() or say("无说明")
        )
    return _valid(note, answer.body, keys)


def _request(log: Log, note: SignedNote, old: int, size: int) -> bytes:
    return AddCheckpoint(old, tuple(log.consistency_proof(old, size)), note).text().encode()


def _told_size(answer: Answer) -> int:
    text = answer.body[:30].decode("ascii", "replace").removesuffix("\n")
    if answer.content_type != SIZE_TYPE or not is_size(text):
        raise WitnessRefusal(
            409, "bad_conflict", say("见证方的 409 答复不是 %(type)s：%(text)r", type=SIZE_TYPE, text=text)
        )
    return int(text)


def _valid(note: SignedNote, body: bytes, keys: Sequence[Verifier]) -> tuple[Signature, ...]:
    try:
        lines = [Signature.parse(line) for line in body.decode().splitlines()]
    except (NoteError, UnicodeDecodeError) as error:
        raise WitnessRefusal(
            200, "bad_cosignature", say("见证方的答复不是加签行：%(error)s", error=error)
        ) from error
    found = tuple(s for s in lines if any(key.accepts(note.body, s) for key in keys))
    if not found:
        raise WitnessRefusal(200, "no_cosignature", say("见证方的答复中没有策略所列见证密钥的有效加签"))
    return found
