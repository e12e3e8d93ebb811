"""All settings in one place: everything from the environment, every default safe.

Embedded (the default): SQLite and a folder as message broker, one machine, no other server.
Production: DATABASE_URL names PostgreSQL and REDIS_URL names Redis.
"""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from community.project.env import env, env_bool, env_int, env_list, env_secret, env_text
from community.project.incoming import address_of_mailbox, webhook_settings

BASE_DIR = Path(__file__).resolve().parents[2]
DEBUG = env_bool("DEBUG", False)
DEMO = env_bool("DEMO", False)
# The demo with an article of a hundred thousand comments besides.
BIG = env_bool("BIG", False)
DATA_DIR = Path(env("DATA_DIR") or BASE_DIR / "var" / ("demo" if DEMO else "site")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DATABASE_URL = env("DATABASE_URL")
REDIS_URL = env("REDIS_URL")
EMBEDDED = not REDIS_URL
SECRET_KEY = env_secret(
    "SECRET_KEY", kept_in=DATA_DIR / "secret_key", required=bool(DATABASE_URL or REDIS_URL)
)

# Where readers find us. https here makes cookies secure and sends HSTS.
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
_address = urlsplit(SITE_URL)
if _address.scheme not in {"http", "https"} or not _address.hostname:
    raise ImproperlyConfigured(f"SITE_URL must look like https://example.org, not “{SITE_URL}”.")
HTTPS = _address.scheme == "https"
ALLOWED_HOSTS = [_address.hostname, *env_list("ALLOWED_HOSTS"), "127.0.0.1", "localhost", "[::1]"]
# How many proxies of ours stand in front; only their X-Forwarded-For entries are believed.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES and HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "community",
    "moderation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "community.sites.middleware.SiteMiddleware",
    "django.middleware.common.CommonMiddleware",
    "community.accounts.middleware.GuestMiddleware",
    "community.accounts.crossorigin.CrossOriginProtection",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "community.sites.middleware.ViewerMiddleware",
]

if DEMO:
    if DATABASE_URL or REDIS_URL or HTTPS:
        raise ImproperlyConfigured(
            "The demo lets anybody be administrator. Set DEMO=0 to run a real site."
        )
    MIDDLEWARE.insert(0, "community.demo.middleware.DemoMiddleware")

ROOT_URLCONF = "community.project.urls"
WSGI_APPLICATION = "community.project.wsgi.application"

# What every page knows of its surroundings.
_CONTEXT_PROCESSORS = [
    "django.contrib.messages.context_processors.messages",
    "community.pages.context.surroundings",
    "moderation.console.undo.offer",
    "moderation.console.reasons.offer",
    *(["community.demo.context.bar"] if DEMO else []),
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["community.pages.parts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                *_CONTEXT_PROCESSORS,
            ],
        },
    },
    {
        "NAME": "jinja2",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "OPTIONS": {
            "environment": "community.pages.parts.environment",
            "context_processors": _CONTEXT_PROCESSORS,
        },
    },
]
# The inputs of forms are drawn by it too: half of the cost of an empty page otherwise.
FORM_RENDERER = "django.forms.renderers.Jinja2"

if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL: postgresql://…")
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        pool={"min_size": 1, "max_size": 12},
        # Of those statements that may be kept (see community/prepared.py): from the second time on.
        prepare_threshold=2,
    )
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "parley.sqlite3"),
            "OPTIONS": {
                # Measured: without IMMEDIATE most concurrent writers fail with “locked”.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "community.limits.counting.CountingCache",
        "LOCATION": env("CACHE_URL") or REDIS_URL,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Celery only wakes workers: the rows of the outbox are the record of work.
BROKER_FOLDER = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
# Kombu's own folder transport may read a message that is only half written.
CELERY_BROKER_TRANSPORT = "" if REDIS_URL else "community.project.broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 300,
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        "max_retries": 0,
        "unacked_restore_throttle": 1,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_FOLDER),
        "data_folder_out": str(BROKER_FOLDER),
        "control_folder": str(DATA_DIR / "broker-control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]
# A worker takes from its queues in turn: however many turns of sending wait, the rest does not.
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("celery", "mail")]
CELERY_TASK_ROUTES = {
    "community.mail.tasks.send_due": {"queue": "mail", "routing_key": "mail"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5 if EMBEDDED else 30
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "community.outbox.tasks.sweep", "schedule": 2.0},
    "send-mail": {"task": "community.mail.tasks.send_due", "schedule": 2.0},
    "gather": {"task": "community.subscriptions.tasks.gather", "schedule": 10.0},
    "close-threads": {"task": "community.threads.tasks.close_due", "schedule": 60.0},
    "hold-unjudged": {"task": "moderation.tasks.hold_unjudged", "schedule": 60.0},
    "learn": {"task": "moderation.tasks.learn", "schedule": 3600.0},
    "forget-hosts": {"task": "community.mail.tasks.forget_hosts", "schedule": 3600.0},
    "forget-jobs": {"task": "community.outbox.tasks.forget_finished", "schedule": 3600.0},
    "forget-people": {"task": "community.privacy.tasks.forget", "schedule": 3600.0},
}
CELERY_TIMEZONE = "UTC"

# Mail: file:///folder keeps each e-mail as a file; smtp:// and smtps:// send it.
MAIL_URL = env("MAIL_URL") or f"file://{DATA_DIR / 'mail'}"
MAIL_FROM = env("MAIL_FROM", "comments@localhost")
# Account mail may come from an address of its own, so that it keeps a good name of its own.
ACCOUNT_MAIL_FROM = env("ACCOUNT_MAIL_FROM", MAIL_FROM)
DEFAULT_FROM_EMAIL = MAIL_FROM
# How many e-mails a minute may go to one domain; 0 leaves that to the mail server.
MAIL_PER_MINUTE = env_int("MAIL_PER_MINUTE", 0)
# One mailbox for answers and bounces: its address, where to fetch from, and the name by which its
# own mail server signs Authentication-Results. Without the address nothing is asked to come back.
MAILBOX_URL = env("MAILBOX_URL")
MAILBOX_ADDRESS = address_of_mailbox(env("MAILBOX_ADDRESS"), MAILBOX_URL)
MAIL_AUTHSERV = env("MAIL_AUTHSERV").lower()
# A mail service that reports bounces and complaints, by its name in django-anymail.
MAIL_PROVIDER, ANYMAIL = webhook_settings(
    env("MAIL_PROVIDER"), env("MAIL_WEBHOOK_SECRET"), env("MAIL_WEBHOOK_KEY")
)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = "community.mail.backend.OutboxBackend"
if MAILBOX_URL:
    CELERY_BEAT_SCHEDULE["fetch-mail"] = {
        "task": "community.inbound.tasks.fetch",
        "schedule": 30.0,
    }

AKISMET_KEY = env("AKISMET_KEY")
AKISMET_BLOG = env("AKISMET_BLOG") or SITE_URL
# Another address is for tests, which ask a server of their own.
AKISMET_SERVER = env("AKISMET_SERVER", "https://rest.akismet.com")

# Who judges a comment, who reads it first: resolved by a system check at start.
COMMENT_SCREENER = "moderation.pipeline.screen"
LINK_FORESEER = "moderation.pipeline.would_wait_for_link"
# Who says how somebody stands: warned, suspended, or simply welcome.
AUTHOR_STANDING = "moderation.notices.standing_of"
# Who says whose words nobody is told of by e-mail.
AUTHOR_BANNED = "moderation.sanctions.is_banned"
# Who says what somebody has earned, and what came of their reports.
AUTHOR_RECORD = "moderation.records.record_of"

AUTH_USER_MODEL = "community.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "community.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "community.pages.signup.CarefulSocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "community.pages.signup.SignupForm"
ACCOUNT_FORMS = {
    "change_password": "community.accounts.forms.NextPasswordForm",
    "reset_password_from_key": "community.accounts.forms.NewPasswordForm",
    "set_password": "community.accounts.forms.FirstPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _address.scheme
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Parley"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {}
# Each provider is switched on by its id and secret: GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET.
_LOG_IN_AT = {
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
    "google": "https://accounts.google.com",
    "microsoft": "https://login.microsoftonline.com",
}
for _provider in _LOG_IN_AT:
    if _client := env(f"{_provider.upper()}_CLIENT_ID"):
        INSTALLED_APPS.append(f"allauth.socialaccount.providers.{_provider}")
        SOCIALACCOUNT_PROVIDERS[_provider] = {
            "APPS": [{"client_id": _client, "secret": env(f"{_provider.upper()}_CLIENT_SECRET")}]
        }

SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_PREFIX}session"
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
GUEST_COOKIE_NAME = f"{_PREFIX}guest"
CONSENT_COOKIE_NAME = f"{_PREFIX}consent"
DETAILS_COOKIE_NAME = f"{_PREFIX}details"
LANGUAGE_COOKIE_NAME = f"{_PREFIX}language"
# Whoever sends one of these gets a page of their own; the fast lane lets them pass.
PERSONAL_COOKIES = {
    SESSION_COOKIE_NAME,
    GUEST_COOKIE_NAME,
    DETAILS_COOKIE_NAME,
    "messages",
    *(("demo-as-others", "demo-without-scripts") if DEMO else ()),
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "community.pages.views.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = False
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Browsers ask it also where a form is led on to, such as to the log-in of a provider.
        "form-action": [SELF, *(_LOG_IN_AT[provider] for provider in SOCIALACCOUNT_PROVIDERS)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# A style sheet of the publisher's own, read after ours: docs/theming.md.
STYLE_SHEET = env_text("STYLE_SHEET")

# Public pages as ready bytes, in the memory of each web process.
FAST_LANE = env_bool("FAST_LANE", not DEBUG)
FAST_LANE_MIB = env_int("FAST_LANE_MIB", 48)
# Open pages are told of news where `community.project.asgi` is served at their own address;
# else, and where it does not answer, they ask from time to time.
LIVE_EVENTS = env_bool("LIVE_EVENTS", False)
LIVE_EVENTS_MOST = env_int("LIVE_EVENTS_MOST", 5000)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("ar", _("Arabic")),
]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
    "loggers": {
        "parley": {"level": env("LOG_LEVEL", "INFO")},
        # It warns that a folder has no host name.
        "kombu.connection": {"level": "ERROR"},
        # At DEBUG it writes headers of answers, which may repeat a key.
        "httpcore": {"level": "WARNING"},
    },
}
