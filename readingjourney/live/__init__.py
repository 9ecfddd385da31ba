"""Live streams: Server-Sent Events that tell a reader's browser that something has changed, so that it asks at once.

A process of its own under ASGI, without a database: the web process lets readers in (`tickets`, `addresses`), the
broker tells of changes (`listening`), and `streams` hands them to whoever they concern. Whatever fails, browsers poll.
"""
