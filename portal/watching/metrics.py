"""Every figure a process counts by itself. What is so of all NGOs is in `portal.queries.state`.

Names end in their unit: seconds, or `total` for what only grows. Labels are codes of the program: a route is the rule
of an address (`/families/<family_id>`), never the address.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATEMENTS = (1, 2, 5, 10, 20, 50, 100, 200)
JOB_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)

REQUESTS = Counter("ayni_requests", "Answers given.", ["route", "method", "status"])
REQUEST_TIME = Histogram("ayni_request_seconds", "Until an answer was ready.", ["route"], buckets=REQUEST_SECONDS)
REQUEST_SQL = Histogram("ayni_request_statements", "SQL statements an answer took.", ["route"], buckets=STATEMENTS)
LOGIN_FAILURES = Counter("ayni_login_failures", "Logins refused for a wrong name or password.")

JOB_TIME = Histogram("ayni_job_seconds", "A job at work.", ["event", "outcome"], buckets=JOB_SECONDS)
SUGGESTION_TIME = Histogram(
    "ayni_suggestion_seconds", "From a case being sent or changed until its list was there.", ["event"],
    buckets=JOB_SECONDS,
)
ENCODED = Counter("ayni_encoded_texts", "Texts turned into vectors; kept ones are not counted again.")
ENCODING_TIME = Counter("ayni_encoding_seconds", "Time the encoder was at work.")
HOLDS_EXPIRED = Counter("ayni_holds_expired", "Proposals that ended because nobody decided in time.")
WEBHOOKS = Counter("ayni_webhook_attempts", "Attempts to tell an NGO's own system, by what came of them.", ["result"])
SWEEP_AT = Gauge(
    "ayni_sweep_timestamp_seconds", "When the worker last went through every NGO.", multiprocess_mode="mostrecent"
)
