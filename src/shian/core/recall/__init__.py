"""Recall (食品召回): who is affected and by how much, both ways; standing recalls; the sortable sheet."""

from shian.core.recall.parties import PartyTotal, affected_parties
from shian.core.recall.sheet import COLUMNS, MasterData, rows, write_csv, write_xlsx
from shian.core.recall.standing import Hit, Recall, StandingRecalls

__all__ = [
    "COLUMNS",
    "Hit",
    "MasterData",
    "PartyTotal",
    "Recall",
    "StandingRecalls",
    "affected_parties",
    "rows",
    "write_csv",
    "write_xlsx",
]
