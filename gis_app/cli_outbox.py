"""`gis-app outbox COUNTY …` and `gis-app channel …`: what bodies are told, sent without a window, by a timer of the system for example."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, PROBLEMS, Refused, json_option, lang_option, opened_county, run, say
from gis_app.language import ZONE, format_number, format_time, msg, tr

if TYPE_CHECKING:
    from gis_app.cases.outbox import Message
    from gis_app.channels.delivery import Round
    from gis_app.channels.settings import ChannelSettings
    from gis_app.county.county import County

_SHOWN = 50  # lines of a list in words; --json has all


def add_outbox(root: click.Group) -> None:
    """Add the groups `outbox` and `channel` to the commands."""

    @root.group("outbox", help=tr("What bodies are, or are to be, told: list it, send it, replay when reminders were due."))
    @click.argument("county")
    @click.pass_context
    def outbox(context: click.Context, county: str) -> None:
        context.obj = county

    @root.group("channel", help=tr("How messages leave the program: not at all, into a file, or to a message server."))
    def channel() -> None:
        pass

    for add in (_add_list, _add_run, _add_replay):
        add(outbox)
    for add in (_add_show, _add_setting):
        add(channel)


def _add_list(group: click.Group) -> None:
    @group.command("list", help=tr("List messages, the longest due first; those still to be sent where no state is asked for."))
    @click.option(
        "--state",
        type=click.Choice(["waiting", "sent", "failed", "given_up", "cancelled", "all"]),
        help=tr("Messages of this state alone, or all."),
    )
    @click.option("--private", is_flag=True, help=tr("Names and phones in full instead of masked."))
    @lang_option
    @json_option
    @click.pass_obj
    def list_(county: str, state: str | None, private: bool, lang: str | None, as_json: bool) -> int:
        from gis_app.cases.outbox import PENDING, MessageState
        from gis_app.county.outbox_edits import messages_in

        asked = tuple(MessageState) if state == "all" else PENDING if state is None else (MessageState(state),)
        with opened_county(county) as opened:
            found = sorted(messages_in(opened.store, asked), key=lambda message: (message.due, message.id))
            listed = [_described(opened, message, private=private) for message in found]
        lines = [_line(message) for message in listed[:_SHOWN]] or [tr("No messages.")]
        say({"messages": listed}, as_json, lines + _more(len(listed)))
        return DONE


def _more(count: int) -> list[str]:
    more = count - _SHOWN
    return [tr("… and {count} more (use --json for all)", count=more)] if more > 0 else []


def _described(county: "County", message: "Message", *, private: bool) -> dict[str, Any]:
    from gis_app.grid.privacy import mask_name, mask_phone

    return {
        "id": message.id,
        "case": message.case,
        "kind": message.kind.value,
        "body": county.state.bodies[message.body].name if message.body in county.state.bodies else None,
        "arrived": _written(message.arrived),
        "due": _written(message.due),
        "recipient": message.recipient if private else mask_name(message.recipient),
        "phone": message.phone if private else mask_phone(message.phone),
        "text": message.text,
        "state": message.state.value,
        "channel": message.channel or None,
        "attempts": message.attempts,
        "next_try": _written(message.next_try),
        "sent": _written(message.sent),
        "error": message.error or None,
    }


def _written(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(ZONE).isoformat()


def _line(message: dict[str, Any]) -> str:
    from gis_app.cases.outbox import message_state_text
    from gis_app.cases.schedule import reminder_text

    who = " ".join(part for part in (message["recipient"], message["phone"]) if part)
    due = format_time(datetime.fromisoformat(message["due"]))
    kind, state = str(reminder_text(message["kind"])), str(message_state_text(message["state"]))
    return "\t".join(part for part in (due, kind, state, who, message["text"], message["error"]) if part)


def _add_run(group: click.Group) -> None:
    @group.command(
        "run", help=tr("Queue what has fallen due and send it through the channel that is set up; --lang says in which language.")
    )
    @click.option("--at", metavar="TIME", help=tr("As if it were this time: 2020-05-01 12:34 (Asia/Shanghai) or ISO 8601; now by default."))
    @lang_option
    @json_option
    @click.pass_obj
    def run_(county: str, at: str | None, lang: str | None, as_json: bool) -> int:
        from gis_app.channels.delivery import delivering
        from gis_app.channels.settings import load_settings, open_channel
        from gis_app.cli_case import instant

        settings = load_settings()
        with opened_county(county) as opened:
            done: Round = run(delivering(opened, open_channel(settings), instant(at, "--at")), as_json)
            names = [opened.state.bodies[body].name for body in done.unreachable if body in opened.state.bodies]
        say(_round(done, settings.kind.value, names), as_json, _sentences(done, settings.kind.value, names))
        return PROBLEMS if done.trouble is not None or done.given_up else DONE


def _round(done: "Round", channel: str, unreachable: list[str]) -> dict[str, Any]:
    numbers = ("queued", "cancelled", "sent", "failed", "given_up", "left")
    return {
        "channel": channel,
        **{name: getattr(done, name) for name in numbers},
        "unreachable": unreachable,
        "trouble": None if done.trouble is None else str(done.trouble),
    }


def _sentences(done: "Round", channel: str, unreachable: list[str]) -> list[str]:
    numbers = {name: format_number(getattr(done, name)) for name in ("queued", "cancelled", "sent", "failed", "given_up", "left")}
    lines = [
        tr("{queued} queued, {cancelled} called off, {sent} sent, {failed} failed, {given_up} given up, {left} still to be sent", **numbers)
    ]
    if channel == "none":
        lines.append(tr("No channel is set up, so nothing is sent: see `gis-app channel --help`."))
    if done.trouble is not None:
        lines.append(str(done.trouble))
    if unreachable:
        some = "、".join(unreachable[:5])
        lines.append(tr("{count} bodies have no phone number and are not told: {bodies}", count=len(unreachable), bodies=some))
    return lines


def _add_replay(group: click.Group) -> None:
    @group.command(help=tr("Tell which reminders fell due in a time, as the events say, whether or not they were sent."))
    @click.option(
        "--from", "start", required=True, metavar="TIME", help=tr("First day, 2020-04-01, or instant, 2020-04-01T12:00 (Asia/Shanghai).")
    )
    @click.option("--to", "end", required=True, metavar="TIME", help=tr("Last day (included), or instant (excluded)."))
    @lang_option
    @json_option
    @click.pass_obj
    def replay(county: str, start: str, end: str, lang: str | None, as_json: bool) -> int:
        from gis_app.cli_case import instant
        from gis_app.county.outbox_edits import duties_of_county

        first, last = instant(start, "--from"), instant(end, "--to")
        assert first is not None and last is not None
        last += timedelta(days=int(len(end.strip()) == len("2020-04-01")))
        if first >= last:
            raise Refused(msg("--from {start} is not before --to {end}; swap them.", start=start, end=end))
        with opened_county(county) as opened:
            listed = _fired(opened, duties_of_county(opened.store, opened.state), first, last)
        say({"reminders": listed, "counts": _counts(listed)}, as_json, _replayed(listed))
        return DONE


def _fired(county: "County", found: Any, first: datetime, last: datetime) -> list[dict[str, Any]]:
    """Return what fired, as a scheduler that looks once a minute would have come by it."""
    from gis_app.cases.schedule import KINDS
    from gis_app.cases.schedule import replay as replaying

    bodies = {body.id: body.name for body in county.state.bodies.values()}
    listed: list[dict[str, Any]] = []
    for _, some in replaying(found, first, last, timedelta(minutes=1)):
        due = [_written(datetime.fromtimestamp(second, ZONE)) for second in some.due.astype("int64").tolist()]
        rows = zip(some.case.tolist(), some.kind.tolist(), some.body.tolist(), due, strict=True)
        listed += [{"case": case, "kind": KINDS[kind].value, "body": bodies.get(body), "due": time} for case, kind, body, time in rows]
    numbers = dict.fromkeys(reminder["case"] for reminder in listed)
    if numbers:
        import numpy as np

        read = county.store.rows("cases", np.array(sorted(numbers)), ["number"])
        numbers = dict(zip(read["id"].tolist(), read["number"].tolist(), strict=True))
    return [{"number": numbers[reminder["case"]], **reminder} for reminder in listed]


def _counts(listed: list[dict[str, Any]]) -> dict[str, int]:
    from gis_app.cases.schedule import KINDS

    return {kind.value: sum(reminder["kind"] == kind.value for reminder in listed) for kind in KINDS}


def _replayed(listed: list[dict[str, Any]]) -> list[str]:
    from gis_app.cases.schedule import reminder_text

    counts = [f"{reminder_text(kind)} {format_number(count)}" for kind, count in _counts(listed).items()]
    lines = [
        "\t".join((format_time(datetime.fromisoformat(one["due"])), str(reminder_text(one["kind"])), one["number"], one["body"] or "–"))
        for one in listed[:_SHOWN]
    ]
    return [*lines, *_more(len(listed)), "  ".join(counts)]


# ------------------------------------------------------------------ the channel


def _add_show(group: click.Group) -> None:
    @group.command(help=tr("Show the channel that is set up."))
    @click.option("--secret", is_flag=True, help=tr("Also the secret that a message server has to know."))
    @lang_option
    @json_option
    def show(secret: bool, lang: str | None, as_json: bool) -> int:
        from gis_app.channels.settings import load_settings

        _tell(load_settings(), as_json, secret=secret)
        return DONE


def _add_setting(group: click.Group) -> None:
    @group.command(help=tr("Send nothing: messages wait in the outbox."))
    @lang_option
    @json_option
    def none(lang: str | None, as_json: bool) -> int:
        from gis_app.channels.settings import ChannelSettings

        return _keep(ChannelSettings(), as_json)

    @group.command(help=tr("Append messages to a file, one line of JSON each."))
    @click.argument("path")
    @lang_option
    @json_option
    def file(path: str, lang: str | None, as_json: bool) -> int:
        from gis_app.channels.settings import ChannelKind, ChannelSettings

        return _keep(ChannelSettings(ChannelKind.FILE, path=str(Path(path).absolute())), as_json)

    @group.command(help=tr("Post messages to a server as signed JSON; a new secret is made and shown where none is given."))
    @click.argument("address")
    @click.option("--secret-file", help=tr("File whose first line is the secret; so it stands in no history of commands."))
    @click.option("--timeout", default=8.0, show_default=True, help=tr("Seconds that the server has to answer."))
    @lang_option
    @json_option
    def webhook(address: str, secret_file: str | None, timeout: float, lang: str | None, as_json: bool) -> int:
        from gis_app.channels.settings import ChannelKind, ChannelSettings, new_secret

        secret = new_secret() if secret_file is None else _first_line(secret_file)
        settings = ChannelSettings(ChannelKind.WEBHOOK, address=address, secret=secret, timeout=timeout)
        return _keep(settings, as_json, secret=secret_file is None)


def _first_line(path: str) -> str:
    try:
        return (Path(path).read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(msg("{path} cannot be read as text; check the name.", path=path)) from error


def _keep(settings: "ChannelSettings", as_json: bool, *, secret: bool = False) -> int:
    from gis_app.channels.settings import open_channel, save_settings

    open_channel(settings)
    save_settings(settings)
    _tell(settings, as_json, secret=secret)
    return DONE


def _tell(settings: "ChannelSettings", as_json: bool, *, secret: bool) -> None:
    report = {"channel": settings.kind.value, "address": settings.address or None, "path": settings.path or None}
    lines = [
        {
            "none": tr("No channel: messages wait in the outbox."),
            "file": tr("Messages are appended to {path}.", path=settings.path),
            "webhook": tr("Messages are posted to {address}.", address=settings.address),
        }[settings.kind.value]
    ]
    if secret and settings.secret:
        report["secret"] = settings.secret
        lines.append(tr("Secret: {secret}", secret=settings.secret))
    say(report, as_json, lines)
