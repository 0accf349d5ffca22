"""Chinese text for machines: search keys, pinyin, similarity, names of government bodies."""

from .collective import Collective, collective
from .normal import business_key, compact, normalise
from .orgs import Candidate, Org, find_org, org_candidates, org_key
from .pinyin import initials, syllables
from .tokens import Hit, query_tokens, rank, score, similarity, tokens

__all__ = [
    "Candidate",
    "Collective",
    "Hit",
    "Org",
    "business_key",
    "collective",
    "compact",
    "find_org",
    "initials",
    "normalise",
    "org_candidates",
    "org_key",
    "query_tokens",
    "rank",
    "score",
    "similarity",
    "syllables",
    "tokens",
]
