"""Every setting of an installation. They are environment variables; this file only lists them, with their defaults."""

APP_ENV = "production"
DATABASE_URL = "sqlite:///instance/ayni.db"  # or postgresql+psycopg://app@host/ayni
DATABASE_OWNER_URL = DATABASE_URL  # who owns the tables: used by `manage.py db` alone
QUEUE_URL = ""  # redis://:password@host:6379/0 for workers on several machines; without it the queue is a file here
PUBLIC_BASE_URL = "https://ayni.example"  # what links in mails begin with
TRUSTED_HOSTS = "ayni.example"  # comma-separated; a request for another host is refused
SMTP_URL = ""  # smtp://user:password@host:587; without it mails are files in instance/mail
MAIL_SENDER = "no-responder@ayni.example"
TILE_URL = ""  # https://…/{z}/{x}/{y}.png for maps; without it maps are plain
IDLE_MINUTES = 30  # a session without use ends
ABSOLUTE_HOURS = 12  # every session ends
UPLOAD_BYTES = 10 * 1024 * 1024
REQUEST_BYTES = 14 * 1024 * 1024  # a whole form, with its file
METRICS_TOKEN = ""  # 32 characters or more, or METRICS_TOKEN_FILE: who bears it may read /metrics, else nobody
METRICS_PORT = 0  # where the worker answers with its own figures; 0: nowhere
METRICS_HOST = "127.0.0.1"  # the address it listens to; with a token another one may be named
BACKUP_FOLDER = ""  # where backups are besides instance/backups: their age is among the figures
REDIS_URL = ""  # redis://host:6379/0; counts of requests shared by several web processes
API_RATE = "300 per minute"  # requests of one token of the HTTP interface
WEBHOOK_LOCAL = ""  # 1: webhooks may go to this machine, over http too; for trying them out, never in production
PROXY_HOPS = 0  # proxies in front whose X-Forwarded headers count
BACKUP_RECIPIENTS = ""  # public age or SSH keys, comma-separated: only who holds a private one opens a backup
# Without recipients a backup is sealed by BACKUP_PASSPHRASE (or BACKUP_PASSPHRASE_FILE).

# Secrets have no default. Give each as a variable, or as a file named by NAME_FILE: `manage.py keys new` makes them.
# DATABASE_URL, DATABASE_OWNER_URL, QUEUE_URL and SMTP_URL may hold a password and stand in a file in the same way.
SECRETS = ("SECRET_KEY", "PASSWORD_SALT", "AUDIT_KEY", "MASTER_KEYS")
