"""A bulletin in words, in the language in use: the summary in sentences, and every table as rows of texts."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from gis_app.cases.display import body_kind_text
from gis_app.cases.measures import Defined, Form, Measures
from gis_app.cases.shares import Average, Share
from gis_app.language import current, format_duration, format_number, format_time, msg, tr
from gis_app.output.bulletin import ENOUGH, BodyLine, Bulletin, Line, Month, folded_name
from gis_app.output.contents import SMALL, public_count

NONE = "–"

RATED = ("satisfaction_rate", "resolution_rate")
"""The shares that are of ratings."""

Cells = tuple[str, ...]


def title(bulletin: Bulletin) -> str:
    """Return the title."""
    return tr("{county}: monthly bulletin of whistles, {month}", county=bulletin.county, month=month_text(bulletin.month))


def month_text(month: Month) -> str:
    """Write a month as people say it: 2020 年 4 月, April 2020."""
    if current() == "en":
        return f"{_ENGLISH[month.month - 1]} {month.year}"
    return tr("{month}/{year}", year=month.year, month=month.month)


_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def written(figure: Defined, measures: Measures) -> str:
    """Write a figure; of ratings with how many there are, and none of fewer than five."""
    found, value = figure.of(measures), figure.value(measures)
    if figure.form == Form.SECONDS:
        return NONE if value is None else format_duration(timedelta(seconds=value))
    if isinstance(found, Average):
        return stars(found)
    if figure.key in RATED and isinstance(found, Share):
        return rated_share(found)
    if isinstance(found, Share):
        return percent(found.value)
    return NONE if value is None else format_number(value)


def briefly(figure: Defined, measures: Measures) -> str:
    """Write a figure alone, without how sure it is; none of fewer than five ratings."""
    found, value = figure.of(measures), figure.value(measures)
    if isinstance(found, Average) or figure.key in RATED:
        count = found.count if isinstance(found, Average) else measures.satisfaction.whole
        if value is None or count < SMALL:
            return few(count)
        return f"{value:.2f}" if isinstance(found, Average) else percent(value)
    return written(figure, measures)


def percent(value: float | None) -> str:
    """Write a share as 84.5 %."""
    return NONE if value is None else f"{value:.1%}"


def rated_share(share: Share) -> str:
    """Write a share of ratings with its confidence interval; of fewer than five only that they are few."""
    if share.whole < SMALL:
        return few(share.whole)
    low, high = share.interval or (0.0, 1.0)
    return tr(
        "{share} ({count} ratings, {low} – {high})", share=percent(share.value), count=share.whole, low=f"{low:.0%}", high=f"{high:.0%}"
    )


def stars(average: Average) -> str:
    """Write a mean of stars with its confidence interval; of fewer than five ratings only that they are few."""
    if average.count < SMALL:
        return few(average.count)
    low, high = average.interval or (1.0, 5.0)
    return tr(
        "{stars} ({count} ratings, {low} – {high})", stars=f"{average.value:.2f}", count=average.count, low=f"{low:.1f}", high=f"{high:.1f}"
    )


def few(count: int) -> str:
    """Say that there are too few ratings to be told."""
    return tr("fewer than {floor} ratings", floor=SMALL) if count else NONE


def change(figure: Defined, now: Measures, before: Measures | None) -> str:
    """Write what became of a figure since the month before: counts and stars as a difference, shares in percentage points."""
    if before is None:
        return NONE
    value, other = figure.value(now), figure.value(before)
    if value is None or other is None:
        return NONE
    if (figure.form == Form.STARS or figure.key in RATED) and min(now.satisfaction.whole, before.satisfaction.whole) < SMALL:
        return NONE
    difference = value - other
    match figure.form:
        case Form.SHARE:
            return tr("{points} points", points=_signed(difference, f"{abs(difference) * 100:.1f}"))
        case Form.STARS:
            return _signed(difference, f"{abs(difference):.2f}")
        case Form.SECONDS:
            return _signed(difference, format_duration(timedelta(seconds=abs(difference))))
        case _:
            return _signed(difference, f"{abs(difference):,.0f}")


def _signed(difference: float, written: str) -> str:
    """Put the sign of a difference before its size as it is written; what is nothing when written has no sign."""
    if not any(digit in written for digit in "123456789"):
        return written
    return ("+" if difference > 0 else "−") + written


def summary(bulletin: Bulletin) -> list[str]:
    """Return the county's summary, a sentence or two a paragraph."""
    told = (part(bulletin) for part in (_received, _reacted, _rated, _moved, _frequent, _places, _reported))
    return [sentence for sentence in told if sentence]


def _received(bulletin: Bulletin) -> str:
    figures, before = bulletin.whole.figures, bulletin.before
    sentence = tr(
        "In {month}, {received} whistles were blown; {reasonable} of them were reasonable, and {completed} were completed before the end "
        "of the month: a completion rate of {rate}.",
        month=month_text(bulletin.month),
        received=format_number(figures.received),
        reasonable=format_number(figures.reasonable),
        completed=format_number(figures.completed),
        rate=percent(figures.completion_rate),
    )
    if before is None:
        return sentence
    more = figures.received - before.figures.received
    values = {
        "change": format_number(abs(more)),
        "before": format_number(before.figures.received),
        "rate": percent(before.figures.completion_rate),
    }
    if more > 0:
        compared = tr("That is {change} more than in the month before ({before}), whose completion rate was {rate}.", **values)
    elif more < 0:
        compared = tr("That is {change} fewer than in the month before ({before}), whose completion rate was {rate}.", **values)
    else:
        compared = tr("That is as many as in the month before, whose completion rate was {rate}.", rate=values["rate"])
    return _sentences(sentence, compared)


def _reacted(bulletin: Bulletin) -> str:
    whole = bulletin.whole
    return tr(
        "Whistles reached bodies {arrivals} times; {rate} were picked up or handed on within the time of the rule. Half of the pick-ups "
        "took less than {pick_up}, half of the completed whistles less than {done}.",
        arrivals=format_number(whole.arrivals),
        rate=percent(whole.response.value),
        pick_up=_duration(whole.pick_up.median),
        done=_duration(whole.case_clock.median),
    )


def _rated(bulletin: Bulletin) -> str:
    whole = bulletin.whole
    if whole.satisfaction.whole < SMALL:
        return tr("Fewer than {floor} whistles were rated.", floor=SMALL)
    return tr(
        "{count} whistles were rated: {satisfied} of the whistlers are satisfied, {resolved} say that it was resolved; on average "
        "{attitude} stars for attitude, {speed} for speed and {outcome} for the result.",
        count=format_number(whole.satisfaction.whole),
        satisfied=percent(whole.satisfaction.value),
        resolved=percent(whole.resolution.value),
        attitude=f"{whole.attitude.value:.1f}",
        speed=f"{whole.speed.value:.1f}",
        outcome=f"{whole.outcome.value:.1f}",
    )


def _moved(bulletin: Bulletin) -> str:
    whole = bulletin.whole
    return tr(
        "{handed} were handed over, {passed} passed up, {returned} returned as not reasonable; {back} came back to a body that had had "
        "them. {overdue} whistles are overdue now.",
        handed=format_number(whole.handed_over),
        passed=format_number(whole.passed_up),
        returned=format_number(whole.returned),
        back=format_number(whole.ping_pong),
        overdue=format_number(bulletin.overdue),
    )


def _frequent(bulletin: Bulletin) -> str:
    named = [line for line in bulletin.categories if line.name][:3]
    if not named:
        return ""
    told = [tr("{name} ({count})", name=line.name, count=format_number(line.measures.figures.received)) for line in named]
    return tr("Most frequent: {list}.", list=_listing(told))


def _places(bulletin: Bulletin) -> str:
    if not bulletin.hotspots:
        return tr("No place had significantly more whistles than its households let expect.")
    told = [tr("{name} ({count})", name=spot.place, count=format_number(spot.cases)) for spot in bulletin.hotspots[:3]]
    return tr("More whistles than the households let expect: {list}.", list=_listing(told))


def _reported(bulletin: Bulletin) -> str:
    if not bulletin.reports:
        return ""
    return tr("Reports of wrongdoing: {count}. They are only counted.", count=public_count(bulletin.reports))


def _sentences(*texts: str) -> str:
    return ("" if current() == "zh_CN" else " ").join(texts)


def _listing(texts: Sequence[str]) -> str:
    return ("、" if current() == "zh_CN" else ", ").join(texts)


def _duration(seconds: float | None) -> str:
    return NONE if seconds is None else format_duration(timedelta(seconds=seconds))


def figure_rows(bulletin: Bulletin) -> list[Cells]:
    """Return name, value, that of the month before, the change and the definition of every figure."""
    before = bulletin.before
    return [
        (
            str(figure.name),
            written(figure, bulletin.whole),
            NONE if before is None else briefly(figure, before),
            change(figure, bulletin.whole, before),
            str(figure.definition),
        )
        for figure in bulletin.defined
    ]


BODY_TITLES = (
    msg("Receiving body"),
    msg("Arrivals"),
    msg("Response rate"),
    msg("Received"),
    msg("Reasonable"),
    msg("Completed"),
    msg("Completion rate"),
    msg("Handed on"),
    msg("Overdue now"),
    msg("Satisfaction rate"),
)


def body_row(line: BodyLine) -> Cells:
    """Return what a body did, as `BODY_TITLES` names it."""
    figures, measures = line.measures.figures, line.measures
    return (
        line.body.name,
        format_number(measures.arrivals),
        percent(measures.response.value),
        format_number(figures.received),
        format_number(figures.reasonable),
        format_number(figures.completed),
        percent(figures.completion_rate),
        format_number(measures.handed_over + measures.passed_up),
        format_number(line.overdue),
        _short_share(measures.satisfaction),
    )


def _short_share(share: Share) -> str:
    if share.whole < SMALL:
        return f"< {SMALL}" if share.whole else NONE
    return tr("{share} of {count}", share=f"{share.value:.0%}", count=share.whole)


def group_text(line: BodyLine) -> str:
    """Return the heading of the group that a body is listed in."""
    return str(body_kind_text(line.body.kind))


def ranking_rows(bulletin: Bulletin) -> list[Cells]:
    """Return rank, body, reasonable whistles, completion rate and response rate of the bodies that can be compared."""
    return [
        (
            str(line.rank),
            line.body.name,
            format_number(line.measures.figures.reasonable),
            percent(line.measures.figures.completion_rate),
            percent(line.measures.response.value),
        )
        for line in bulletin.ranking
    ]


def line_row(line: Line) -> Cells:
    """Return name, received, reasonable, completed and completion rate of a category or township; of fewer than five no more than that."""
    figures = line.measures.figures
    if figures.received < SMALL:
        return (str(folded_name(line)), public_count(figures.received), NONE, NONE, NONE)
    counts = (format_number(count) for count in (figures.received, figures.reasonable, figures.completed))
    return (str(folded_name(line)), *counts, percent(figures.completion_rate))


def chain_rows(bulletin: Bulletin) -> list[Cells]:
    """Return number, category, way and returns of the whistles that came back most often."""
    return [(line.number, line.category, " → ".join(line.bodies), format_number(line.returns)) for line in bulletin.chains]


def hotspot_rows(bulletin: Bulletin) -> list[Cells]:
    """Return place, cells, whistles and how many times the expected number they are."""
    return [
        (spot.place, format_number(spot.cells), format_number(spot.cases), tr("{ratio} ×", ratio=format_number(spot.ratio, 1)))
        for spot in bulletin.hotspots
    ]


def notes(bulletin: Bulletin) -> list[str]:
    """Return what a reader has to know: what is counted, ranked and left out."""
    found: list[Callable[[], str]] = [
        lambda: tr(
            "A whistle counts where it was blown in the month, for the body that has, or finished, it; arrivals count at every body that a "
            "whistle reached in the month. Completed is what was done before the end of the month."
        ),
        lambda: tr("Bodies with at least {count} reasonable whistles are ranked, by completion rate, then by response rate.", count=ENOUGH),
        lambda: tr(
            "Ranges are 95 % confidence intervals (Wilson): of few ratings, they are wide. Of fewer than {floor} ratings none is told.",
            floor=SMALL,
        ),
        lambda: tr(
            "No name, phone or word of a whistle is told. Categories and places with fewer than {floor} whistles are told together, and "
            "reports of wrongdoing are in no list of chains or places.",
            floor=SMALL,
        ),
        lambda: tr("{count} bodies were reached by no whistle in the month.", count=format_number(bulletin.idle)),
        lambda: tr("What is overdue is told as of {time}.", time=format_time(bulletin.now)),
    ]
    return [note() for note in found]
