"""Who issued a document and when: brackets, one-line documents, several names, quotes; what is quoted is not its own."""

from __future__ import annotations

import pytest

from shian.core.plan import read_text

BODY = "\n一、甲\n（一）乙。做。（县财政局负责）"
TITLE = "样例县2025年食品安全工作要点"
OFFICE = "样例县食安委办公室"


def signed(text: str) -> tuple[str | None, str | None]:
    doc = read_text(text).doc
    return doc.issuer, doc.date and doc.date.isoformat()


@pytest.mark.parametrize(("text", "issuer", "date"), [
    (f"{TITLE}\n（{OFFICE} 2025年3月8日印发）{BODY}", OFFICE, "2025-03-08"),
    (f"{TITLE}\n（{OFFICE}2025年3月8日）{BODY}", OFFICE, "2025-03-08"),
    (f"{TITLE}\n（2025年3月8日{OFFICE}印发）{BODY}", OFFICE, "2025-03-08"),
    (f"{TITLE}\n（二〇二五年三月八日）{BODY}", None, "2025-03-08"),
    (f"{TITLE}{BODY}\n（{OFFICE} 2025年3月8日印发）", OFFICE, "2025-03-08"),
    (f"{TITLE}{BODY}\n{OFFICE}　　　2025年3月8日印发", OFFICE, "2025-03-08"),
    (f"{TITLE}\n（2024年3月8日县食安委会议审议了总结）{BODY}", None, None),
    (f"{TITLE}\n一、甲\n（一）乙。对2024年3月8日印发的办法进行修订。（县财政局负责）", None, None),
])
def test_imprint(text: str, issuer: str | None, date: str | None) -> None:
    assert signed(text) == (issuer, date)


@pytest.mark.parametrize("text", [
    f"{TITLE} 一、甲 1.做检查。（县教育局） 二、乙 1.做抽检。（县财政局） 样例县食安办 2025年3月8日",
    f"{TITLE}一、甲1.做检查。（县教育局）二、乙1.做抽检。（县财政局）样例县食安办2025年3月8日",
    f"{TITLE}（样例县食安办2025年3月8日印发）一、甲1.做检查。（县教育局）二、乙1.做抽检。（县财政局）",
])
def test_a_document_of_one_line(text: str) -> None:
    ledger = read_text(text)
    assert (ledger.doc.title, *signed(text)) == (TITLE, "样例县食安办", "2025-03-08")
    assert [[u.name for u in t.units] for t in ledger.tasks] == [["县教育局"], ["县财政局"]]


def test_a_line_without_title_has_none() -> None:
    assert read_text("请于6月底前完成检查，一、甲，二、乙。").doc.title is None


NOTICE = f"关于印发《{TITLE}》的通知\n各学校：\n现印发给你们。\n"


@pytest.mark.parametrize(("text", "issuer"), [
    (f"样例县教育局\n样例县市场监管局\n样例县公安局\n{NOTICE}{TITLE}{BODY}", "样例县教育局样例县市场监管局样例县公安局"),
    (f"{NOTICE}样例县教育局　　样例县市场监管局\n样例县公安局\n2025年3月8日\n{TITLE}{BODY}", "样例县教育局样例县市场监管局样例县公安局"),
    (f"{TITLE}{BODY}\n样例县教育局\n样例县市场监管局（代章）\n2025年3月8日", "样例县教育局样例县市场监管局"),
    (f"各乡镇人民政府\n{NOTICE}样例县教育局\n2025年3月8日\n{TITLE}{BODY}", "样例县教育局"),
])
def test_several_signatories(text: str, issuer: str) -> None:
    assert signed(text)[0] == issuer


@pytest.mark.parametrize(("text", "issuer", "title"), [
    (f"“{OFFICE}”{NOTICE}{TITLE}{BODY}", OFFICE, TITLE),
    (f"发文机关：样例县食安办　文号：样食安办〔2025〕5号\n{TITLE}{BODY}", "样例县食安办", TITLE),
    (f"{TITLE}\n根据《样例市食安委关于印发样例市2024年要点的通知》（样市食安委〔2024〕1号），制定本要点。{BODY}", None, TITLE),
    (f"{TITLE}\n根据市食安办关于印发工作要点的通知要求，制定本要点。{BODY}", None, TITLE),
    (f"{TITLE}\n按照“样例市食安办”关于印发《市级要点》的通知精神，制定本要点。{BODY}", None, TITLE),
    (f"样例县食安办转发《样例市食安委关于印发〈2025年要点〉的通知》的通知\n各乡镇：{BODY}", "样例县食安办", "样例市食安委关于印发〈2025年要点〉的通知"),
])
def test_quotes(text: str, issuer: str | None, title: str) -> None:
    assert (signed(text)[0], read_text(text).doc.title) == (issuer, title)


@pytest.mark.parametrize(("text", "number"), [
    (f"发文机关：样例县食安办　文号：样食安办〔2025〕5号\n{TITLE}{BODY}", "样食安办〔2025〕5号"),
    (f"{TITLE}\n根据（样市食安委〔2024〕1号）制定。{BODY}", None),
])
def test_number(text: str, number: str | None) -> None:
    assert read_text(text).doc.doc_number == number
