"""Random stories of lots: consistent or not, as data in the field are."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from tests.engines.trace import events as ev

from shian.core.epcis import Event

LOTS, PLACES = "FGPQ", "ABC"
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Memory, where there is some: these tests are about answers, not about disks."""


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Any events about four lots, three places and two pallets: consistent or not."""
    out: list[Event] = []
    lots = st.sets(st.sampled_from(LOTS), min_size=1, max_size=2).map(sorted).map("".join)
    place, hour = st.sampled_from(PLACES), st.integers(0, 12)
    other = st.sampled_from([*PLACES, None])
    papers = st.sampled_from([{}, {"bizTransactionList": [{"type": "po", "bizTransaction": "urn:epc:id:gdti:0614141.06012.1234"}]}])
    for _ in range(draw(st.integers(1, 12))):
        match draw(st.integers(0, 8)):
            case 0:
                out.append(ev.make(draw(hour), draw(lots), draw(place)))
            case 1 | 2:
                out.append(ev.ship(draw(hour), draw(lots), draw(place), draw(other), **draw(papers)))
            case 3 | 4:
                out.append(ev.receive(draw(hour), draw(lots), draw(place), draw(other), **draw(papers)))
            case 5:
                tid = draw(st.sampled_from([{}, {"transformationID": "urn:epc:id:gdti:0614141.06012.77"}]))
                out.append(ev.cook(draw(hour), draw(lots), draw(lots), draw(other), **tid))
            case 6:
                out.append(ev.pack(draw(hour), draw(st.integers(1, 2)), draw(lots), draw(place), out=draw(st.booleans())))
            case 7:
                here, there = draw(st.permutations(PLACES))[:2]
                out.append(ev.move_pallet(draw(hour), draw(st.integers(1, 2)), here, there, arrives=draw(st.booleans())))
            case 8:
                if out and draw(st.booleans()):
                    out.append(ev.declare_wrong(draw(st.sampled_from(out))))
                else:
                    out.append(ev.nest(draw(hour), 1, 2, draw(place), out=draw(st.booleans())))
    return out
