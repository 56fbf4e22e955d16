"""Twilio's error codes that the look-alike can answer with: their HTTP status and words."""

from __future__ import annotations

from typing import Any

ERRORS: dict[int, tuple[int, str]] = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20009: (409, "The message can't be changed before its delivery has finished"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service unavailable"),
    20504: (504, "Gateway timeout"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Phone Number"),
    21266: (400, "'To' and 'From' number cannot be the same"),
    21408: (403, "Permission to send an SMS has not been enabled for the region of 'To'"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' number is not a valid, message-capable Twilio phone number"),
    21608: (403, "The number is unverified. Trial accounts cannot send to unverified numbers"),
    21609: (400, "Invalid 'StatusCallback' url"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "Message cannot be sent with the current combination of 'To' and 'From'"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21635: (400, "'To' number cannot be a landline"),
    21701: (400, "The Messaging Service does not exist"),
    21703: (400, "The Messaging Service contains no phone numbers"),
    30001: (400, "Queue overflow"),
    30002: (403, "Account suspended"),
    30003: (400, "Unreachable destination handset"),
    30004: (400, "Message blocked"),
    30005: (400, "Unknown destination handset"),
    30006: (400, "Landline or unreachable carrier"),
    30007: (400, "Message filtered"),
    30008: (400, "Unknown error"),
    30017: (503, "Carrier network congestion"),
    30022: (429, "Exceeded rate limit of the US A2P 10DLC campaign"),
    30023: (429, "Daily message cap of the US A2P 10DLC brand reached"),
    30024: (400, "Number not provisioned at the carrier"),
    30027: (429, "T-Mobile daily message limit reached"),
    30032: (400, "Toll-free number has not been verified"),
    30034: (400, "Number is not associated with an approved 10DLC campaign"),
    30036: (400, "Validity period expired"),
    30113: (400, "Deactivation list is not available for a date so far back"),
    30114: (404, "Deactivation list is not yet available for this date"),
    30410: (504, "Provider timeout"),
    30500: (500, "Internal error of the provider"),
    63038: (429, "Daily message limit of the account exceeded"),
    90007: (400, "Invalid validity period value"),
}

# These end a message before it ever left Twilio: `failed` without a `sent` before it.
NEVER_SENT = frozenset({21610, 30001, 30002, 30022, 30023, 30027, 30032, 30034, 30036, 63038})


class RefusalError(Exception):
    """The API says no; `code` is Twilio's, `status` that of the HTTP answer."""

    def __init__(self, code: int, status: int | None = None) -> None:
        self.code = code
        self.status = status or ERRORS.get(code, (400, ""))[0]
        super().__init__(f"Twilio error {code}")

    def body(self) -> dict[str, Any]:
        """The JSON that Twilio sends with an error."""
        return {
            "code": self.code,
            "message": words_of(self.code),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def words_of(code: int | None) -> str | None:
    """What Twilio says about an error code; None where there is no error."""
    return None if code is None else ERRORS.get(code, (400, "Unknown error"))[1]
