"""A person's text on its way to the bot, and the bot's answer on its way back."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.carrier import Carrier
from bot.sandbox.model import API_VERSION, Message, new_sid
from bot.sandbox.optout import handle
from bot.sandbox.twiml import Reply, TwimlError, replies_in
from bot.sandbox.webhooks import Answer


@dataclass(frozen=True, slots=True)
class Place:
    """What Twilio knows of where a number is at home; often nothing."""

    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = "US"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of a text: the webhook's last answer and what reached the person's phone.

    `status` is None if the webhook never answered. `replies` holds all that reached the person,
    in order: first Twilio's own answer (`from_carrier`), then the bot's (`from_bot`).
    """

    sid: str
    status: int | None
    attempts: int
    from_carrier: tuple[str, ...] = ()
    from_bot: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    twiml: str = ""

    @property
    def replies(self) -> tuple[str, ...]:
        """All that reached the person."""
        return self.from_carrier + self.from_bot


class Inbound:
    """Takes texts from phones to the bot's webhook, as the settings of the number say."""

    def __init__(
        self, carrier: Carrier, webhook_url: str, fallback_url: str, *, handles_stop: bool
    ) -> None:
        self.webhook_url = webhook_url
        self.fallback_url = fallback_url
        self.handles_stop = handles_stop
        self._carrier = carrier
        self._params: dict[str, dict[str, str]] = {}

    def text(self, from_: str, body: str, media: int, to: str, place: Place) -> Exchange:
        """Take one new text to the bot and its answers back."""
        carrier, state = self._carrier, self._carrier.state
        message = carrier.message("inbound", from_, to or carrier.account.number, body, "received")
        if media:
            message.sid = new_sid("MM")
        message.num_media, message.service_sid = media, carrier.account.service_sid
        message.sent_at = message.created_at
        state.add(message, "text", "arrived at the carrier")
        own: tuple[str, ...] = ()
        if self.handles_stop:
            with state.lock:
                answer = handle(body, from_, state.blocked)
            if answer:
                own = (answer,)
                self._record(Reply(answer), message, by_carrier=True)
        self._params[message.sid] = self._describe(message, place)
        return self._deliver(message, own)

    def repeat(self, sid: str) -> Exchange:
        """Post the webhook of an earlier text again, as Twilio does when it saw no answer."""
        message = self._carrier.state.messages[sid]
        return self._deliver(message, ())

    def _deliver(self, message: Message, own: tuple[str, ...]) -> Exchange:
        answer = self._post(message)
        try:
            replies = replies_in(answer.text, answer.content_type) if answer.status == 200 else []
        except TwimlError as error:
            self._carrier.state.problem("twiml", str(error))
            replies = []
        with self._carrier.state.lock:
            first, message.answered = not message.answered, message.answered or bool(replies)
        reached, blocked = self._send(replies, message) if first else ([], [])
        return Exchange(
            message.sid, answer.status, answer.attempts, own, tuple(reached), tuple(blocked),
            answer.text,
        )  # fmt: skip

    def _post(self, message: Message) -> Answer:
        if not self.webhook_url:
            return Answer(None, attempts=0)
        params = self._params.get(message.sid) or self._describe(message, Place())
        answer = self._carrier.webhooks.post(self.webhook_url, params)
        self._carrier.state.note(message, "webhook", answer.words)
        if answer.status != 200:
            self._carrier.state.problem("webhook", f"for {message.sid}: {answer.words}")
            if self.fallback_url:
                answer = self._carrier.webhooks.post(self.fallback_url, params)
                self._carrier.state.note(message, "fallback webhook", answer.words)
        return answer

    def _send(self, replies: list[Reply], message: Message) -> tuple[list[str], list[str]]:
        reached: list[str] = []
        blocked: list[str] = []
        for reply in replies:
            went = self._record(reply, message, by_carrier=False)
            (reached if went else blocked).append(reply.body)
        return reached, blocked

    def _record(self, reply: Reply, inbound: Message, *, by_carrier: bool) -> bool:
        """Keep a reply and send it on its way; False if the person is on the block list."""
        carrier = self._carrier
        to = reply.to or inbound.from_
        message = carrier.message("outbound-reply", inbound.to, to, reply.body, "queued")
        message.service_sid = inbound.service_sid
        message.callback_url = reply.callback_url
        words = "the carrier's own answer" if by_carrier else "in the webhook's answer"
        carrier.state.add(message, "reply", words)
        if to in carrier.state.blocked and not by_carrier:
            carrier.state.change(message, "failed", 21610)
            if message.callback_url:
                carrier.timetable.after(0, lambda: carrier.tell(message, "failed", 21610))
            return False
        carrier.send(message, carrier.plan.course())
        return True

    def _describe(self, message: Message, place: Place) -> dict[str, str]:
        params = {
            "ToCountry": "US", "ToState": "OH", "ToCity": "", "ToZip": "",
            "SmsMessageSid": message.sid, "SmsSid": message.sid, "MessageSid": message.sid,
            "NumMedia": str(message.num_media), "NumSegments": str(message.segments),
            "FromZip": place.zip, "FromState": place.state, "FromCity": place.city.upper(),
            "FromCountry": place.country, "SmsStatus": "received", "Body": message.body,
            "To": message.to, "From": message.from_, "ApiVersion": API_VERSION,
            "AccountSid": self._carrier.account.sid,
        }  # fmt: skip
        if message.service_sid:
            params["MessagingServiceSid"] = message.service_sid
        for number in range(message.num_media):
            params[f"MediaUrl{number}"] = (
                f"https://api.twilio.com/{API_VERSION}/Accounts/{self._carrier.account.sid}"
                f"/Messages/{message.sid}/Media/ME{number:032d}"
            )
            params[f"MediaContentType{number}"] = "image/jpeg"
        return params
