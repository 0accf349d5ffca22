"""Recall over the store and over files: mass balances, standing recalls, the table of businesses, the sheet written."""

from .balance import balances
from .masterdata import read_parties
from .sheet import write_csv, write_xlsx
from .standing import Hit, Recall, StandingRecalls

__all__ = ["Hit", "Recall", "StandingRecalls", "balances", "read_parties", "write_csv", "write_xlsx"]
