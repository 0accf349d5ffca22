"""Long work as rows: started by people or schedules, done in small steps by a worker process.

A step and the cursor it leaves behind are one transaction, so a worker that dies at any moment is
continued by the next one without doing anything twice.
"""
