"""Every setting, once: its name, what it is when nobody sets it, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass

TWILIO_API = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting: its name, what it is when nobody sets it, and what it is for."""

    name: str
    default: str
    help: str
    secret: bool = False


DECLARED = (
    Declared("TWILIO_ACCOUNT_SID", "", "Twilio account: AC and 32 hex digits. Required."),
    Declared(
        "TWILIO_AUTH_TOKEN", "", "Checks the signatures of Twilio's webhooks. Required.", True
    ),
    Declared("TWILIO_API_KEY", "", "SK...: an API key for sending; without it the token sends."),
    Declared("TWILIO_API_SECRET", "", "The secret of TWILIO_API_KEY.", True),
    Declared("TWILIO_MESSAGING_SERVICE_SID", "", "MG...: sends by this Messaging Service."),
    Declared("TWILIO_FROM_NUMBER", "", "+1...: the number to send from, if there is no service."),
    Declared("TWILIO_API_URL", TWILIO_API, "Another address only for rehearsals and tests."),
    Declared("TWILIO_HANDLES_STOP", "true", "Twilio answers the exact opt-out words itself."),
    Declared(
        "JOIN_NUMBER", "", "+1... or short code that people text to; TWILIO_FROM_NUMBER if left."
    ),
    Declared("PUBLIC_URL", "", "https://... under which Twilio and people reach this. Required."),
    Declared("DATABASE_URL", "sqlite:///text-support.sqlite3", "Or postgresql://user@host/name."),
    Declared("NUMBER_KEYS", "", "Seals phone numbers: keys of `bot keys new`, newest first.", True),
    Declared("NUMBER_INDEX_KEY", "", "Finds numbers again: one key of `bot keys new`.", True),
    Declared("MESSAGES_DIR", "messages", "The folder of the words."),
    Declared("ALLOW_UNREVIEWED", "no", "yes: go live although safety replies await a review."),
    Declared("SEND_RATE", "1", "Segments a second that the sender may hand to Twilio."),
    Declared("SEND_CONNECTIONS", "32", "Calls to Twilio at one time in one worker."),
    Declared("DAILY_SEGMENTS", "0", "The carrier's daily cap in segments; 0 for none."),
    Declared("SETTLE_AFTER_S", "120", "Seconds before an unknown send is looked up at Twilio."),
    Declared("SERVICE_TIMEZONE", "America/New_York", "For numbers whose own zone is not known."),
    Declared(
        "KEEP_BODIES_DAYS", "7", "Days that a text in a follow-up is kept, sealed; 7 at most."
    ),
    Declared("REDACT_AT_TWILIO", "no", "yes: blank the words at Twilio once they are delivered."),
    Declared(
        "SIGNUPS_PER_HOUR", "60", "Confirmation texts that the sign-up page may cost an hour."
    ),
    Declared("TRUSTED_PROXIES", "0", "Proxies in front that set X-Forwarded-For."),
    Declared("METRICS_TOKEN", "", "Bearer token of /metrics; without it, loopback only.", True),
    Declared("HOST", "127.0.0.1", "Address to listen on."),
    Declared("PORT", "8000", "Port to listen on."),
    Declared("WEB_THREADS", "16", "Requests answered at one time."),
    Declared("LOG_FORMAT", "auto", "json, text, or auto: text in a terminal."),
    Declared("CLOCK_AT", "", "An instant at which the clock starts; for rehearsals on loopback."),
)


def example() -> str:
    """The text of `.env.example`: every setting with its line of help."""
    lines = ["# Copy to .env and fill in. `bot check` says what is missing or wrong.", ""]
    for declared in DECLARED:
        lines += [f"# {declared.help}", f"{declared.name}={declared.default}", ""]
    return "\n".join(lines).rstrip() + "\n"
