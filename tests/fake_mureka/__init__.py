"""A Mureka on the loopback: the documented protocol over HTTP, a ledger of charges, and faults by script.

    with running_mureka(latency=(30, 300), concurrency=5) as mureka: ...             # in a thread of this process
    with running_mureka_process(tmp_path, latency=(30, 300)) as mureka: ...          # a process of its own
    python -m tests.fake_mureka --port 8765                                          # by hand, see docs/fake-mureka.md

Both forms are a `FakeMureka` and read the same; the options are the fields of `Settings`.

What to tell the product: `.url` (MUREKA_API_BASE), `.key` (MUREKA_API_KEY), `.host` (MUREKA_AUDIO_HOSTS); all of it as
a dict is `.environment`.

What happened:
    .ledger             list[Charge(task_id, prompt, model, n, at, key_ok, how)], one per order taken: THE TRUTH about
                        money, whatever the client was answered. `how` is the scripted fault, or "accept"
    .charges_for(prompt)  the same, of one prompt
    .stats()            {"submits", "accepted", "songs_charged", "spending_cents", "polls", "downloads", "billings",
                        "in_flight", "connections", "answers": {"submit accept": 3, …}}
    .leaks              downloads that carried the API key: must stay empty
    .requests           the last 200 API requests: {"method", "path", "headers", "body"}
    .task(task_id)      {"id", "status", "polls", "url", …} as it stands, or None

What it is like: `.settings(latency=(1, 2), concurrency=1, …)` changes any field of `Settings`; without arguments it
only returns them. `.top_up(cents)` adds money, `.revoke_key()` and `.restore_key()` do what they say.

Time: `.advance(seconds)` moves the fake's clock forward; `.finish(task_id)`, or `.finish()` for all of them, ends what
is under way now; `.expire_urls()` makes every result address given so far answer 403.

Faults, each for the next `times` occasions (`times=None`: until `.clear()`), in the order they were scripted:
    .script(kind, times=1, **options)            the next orders
        accept (fate="failed" | "running" | …, reason=…, at the task's own time), refuse 400, unprocessable 422,
        moderated 451, unauthorised 401, forbidden 403, payment 402, not_found 404, busy 429 (retry_after=30 or any
        text, retry_after_date=30 for an HTTP date so many seconds away), quota 429, broken (status=500, charged=False,
        html=True for a proxy's page), drop_before (closed before the order was read; not charged). Charged unless
        charged=False: garbage, empty, no_id, redirect (location=…), drop_after, reset, stall (seconds=None: until
        `.release()`; then the usual answer, or the end if not charged). Always charged: huge, dribble (pause=0.05),
        duplicate_keys (the last "id" is the true one), same_id, int_id
    .script_query(kind, task_id=None, times=…, **options)    the next queries, or those of one task (times=None then)
        fates, which the task keeps: running (for ever), failed (reason=…), timeouted, cancelled. Single answers:
        reviewing, unknown (status="percolating"), backwards, no_url, no_choices, wrong_id, url (url="file:///…"),
        missing 404, missing_text 404, unauthorised, forbidden, payment, busy, quota, broken, garbage, empty, huge,
        redirect, duplicate_keys, stall, dribble, drop, reset
    .script_download(kind, task_id=None, times=…, **options)    the next downloads, or those of one task
        html, empty, truncated, wrong_codec, short, silent, huge (endless; declared=bytes to promise a length),
        gzip_bomb, slow (rate=1024 bytes a second), forbidden 403, missing 404, gone 410, broken, redirect (location=…),
        no_length, stall, drop, reset
    .script_billing(kind, times=1, **options)    unauthorised, forbidden, payment, busy, broken, garbage, empty, huge,
        redirect, missing, stall, dribble, drop, reset
    .clear()            forget all scripts (fates stay)
    .release()          let go of everything that stalls
    .down(how="refused" | "silent"), .up()       nobody there (connection refused; or accepted and never answered)
    .hang_up()          close every idle keep-alive connection
Random faults for soaks: the settings `submit_odds`, `query_odds`, `download_odds`, `fate_odds`, such as
{"drop_after": 0.02}, drawn from `seed`.

`MurekaProcess` also has `.pid`, `.kill()` (SIGKILL), `.stop()`, `.start()` (same port, same ledger file; tasks are
restored from it as they were ordered, scripts and `advance` are not) and `.ledger_path`.

An option a script does not give has the default named above; a kind nobody has heard of is a `ValueError`. Should the
fake itself fail, leaving the `with` block says so.
"""

from __future__ import annotations

from tests.fake_mureka.client import FakeMureka, MurekaProcess, running_mureka, running_mureka_process
from tests.fake_mureka.settings import Settings
from tests.fake_mureka.state import Charge

__all__ = ["Charge", "FakeMureka", "MurekaProcess", "Settings", "running_mureka", "running_mureka_process"]
