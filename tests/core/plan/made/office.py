"""One document with all that word processors do to a plan, and what must be read of it.

``tests/data/documents`` holds it as LibreOffice wrote it: ``python -m tests.core.plan.made.office`` writes it anew.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from .docx import docx, numbering, p, run, tbl, tc, tr

FOLDER = Path(__file__).resolve().parents[3] / "data" / "documents"
BY = 'w:author="甲" w:date="2026-01-05T08:00:00Z"'
CONTINUED, RESTART = '<w:vMerge/>', '<w:vMerge w:val="restart"/>'


def document() -> bytes:
    """Lists with a restart, a table merged both ways, tracked changes, a field, a line break, hidden text."""
    deleted = f'<w:del w:id="1" {BY}><w:r><w:delText>不再开展</w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2" {BY}>{run("全年")}</w:ins>'
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> HYPERLINK "http://example.invalid/" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("2026年6月底前") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"
    return docx(
        p("样例县2026年食品安全工作计划"),
        p("压实责任", num=(1, 0)),
        p(run("健全机制。每季度召开1次会议。") + "<w:r><w:br/></w:r>" + run("（县食安办）"), num=(1, 1)),
        p(deleted + inserted + run("检查学校食堂120家次。（县教体局）"), num=(1, 1)),
        p("强化抽检", num=(1, 0)),
        p(field + run("完成抽检200批次。（县市场监管局）") + hidden, num=(1, 1)),
        p("附表各项", num=(2, 0)),
        tbl(
            tr("序号", "重点任务", "具体措施", "责任单位"),
            tr(tc("一、压实责任", '<w:gridSpan w:val="4"/>')),
            tr("1", tc("健全机制", RESTART), "建立联席会议。", tc(p("县公安局") + p("县应急局"))),
            tr("2", tc("", CONTINUED), "检查单位不少于200家。", "县公安局牵头，各乡镇配合"),
            columns=4,
        ),
        p("附件另发。"),
        lists=numbering("", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
    )  # fmt: skip


RIGHT = """样例县2026年食品安全工作计划
一、压实责任
（一）健全机制。每季度召开1次会议。
（县食安办）
（二）全年检查学校食堂120家次。（县教体局）
二、强化抽检
（一）2026年6月底前完成抽检200批次。（县市场监管局）
一、附表各项
序号\t重点任务\t具体措施\t责任单位
一、压实责任\t\t\t
1\t健全机制\t建立联席会议。\t县公安局、县应急局
2\t健全机制\t检查单位不少于200家。\t县公安局牵头，各乡镇配合
附件另发。"""


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "plan.docx")
        source.write_bytes(document())
        for suffix in ("doc", "rtf", "odt"):
            subprocess.run([shutil.which("soffice") or "soffice", "--headless", f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--convert-to", suffix, "--outdir", str(FOLDER), str(source)], check=True)


if __name__ == "__main__":
    write()
