"""Files and photographs hung on a row: a feature any resource may name.

features=(Attachments(kinds=PICTURES, photos=True),)
"""
