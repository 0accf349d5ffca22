"""Notices to people: in the application, by e-mail, and as a short text to paste into WeChat or an SMS."""
