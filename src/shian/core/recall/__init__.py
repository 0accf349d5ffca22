"""Recall (食品召回): who is affected and by how much, both ways; standing recalls; the sortable sheet."""

from shian.core.recall.balance import Balance, balances
from shian.core.recall.masterdata import Parties, Party, Refused, RowProblem, party_id, read_parties, unknown
from shian.core.recall.parties import PartyTotal, affected_parties
from shian.core.recall.sheet import COLUMNS, MasterData, rows, write_csv, write_xlsx
from shian.core.recall.standing import Hit, Recall, StandingRecalls

__all__ = [
    "COLUMNS",
    "Balance",
    "Hit",
    "MasterData",
    "Parties",
    "Party",
    "PartyTotal",
    "Recall",
    "Refused",
    "RowProblem",
    "StandingRecalls",
    "affected_parties",
    "balances",
    "party_id",
    "read_parties",
    "rows",
    "unknown",
    "write_csv",
    "write_xlsx",
]
