"""Recall (食品召回): who is affected and by how much, both ways; the rules of standing recalls; the sortable sheet."""

from .balance import Balance
from .masterdata import Parties, Party, Refused, RowProblem, party_id, unknown
from .parties import PartyTotal, affected_parties
from .rules import Rules
from .sheet import COLUMNS, MasterData, rows

__all__ = [
    "COLUMNS",
    "Balance",
    "MasterData",
    "Parties",
    "Party",
    "PartyTotal",
    "Refused",
    "RowProblem",
    "Rules",
    "affected_parties",
    "party_id",
    "rows",
    "unknown",
]
