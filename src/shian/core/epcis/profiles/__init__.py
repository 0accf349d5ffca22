"""Profiles (关键数据要素): schema-valid is not compliant.

A profile says which key data elements (KDE) which events about a class of food must carry, and by which article.
Profiles are data (``profiles.yaml``); an element without a source there stands only in a profile named 示例.
"""

from .check import check_profile
from .load import Element, Profile, Requirement, load_profile, profile_names

__all__ = ["Element", "Profile", "Requirement", "check_profile", "load_profile", "profile_names"]
