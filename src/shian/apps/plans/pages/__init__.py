"""The screens of the plans app that are not generic."""
