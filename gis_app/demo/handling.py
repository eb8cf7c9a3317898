"""What becomes of the cases of a demo county between pick-up and result, and when the result is there: review, work, verification, rating.

Works out the rest of a `Course` from the steps that are fixed; every step lies between the ones before and after it.
"""

import numpy as np

from gis_app.demo.loop import DAY, HOUR, MINUTE, Course, Seconds, after, office, waking


def handle(course: Course, rng: np.random.Generator) -> None:
    """Let leaders review and work begin, before the case is suspended, promised, taken to a meeting, returned or done."""
    n = len(course.blown)
    taken = course.picked[-1]
    meeting = np.where(course.again_kind == "meeting", course.again, np.nan)
    end = np.fmin(np.fmin(meeting, course.merged), np.fmin(course.returned, course.done))
    first = np.fmin(np.fmin(course.suspended, course.promised), end)
    how = rng.random(n)
    submitted = after(taken, rng.lognormal(np.log(14 * MINUTE), 0.8, n), first, 0.3)
    course.submitted = np.where(how < 0.3, submitted, np.nan)
    begun = np.fmax(taken, course.submitted)
    review = office(begun + rng.lognormal(np.log(1.5 * HOUR), 0.8, n), rng) - begun
    course.reviewed = np.where((how < 0.29) | (how > 0.9), after(begun, review, first, 0.6), np.nan)
    course.reviewed[np.isfinite(course.merged)] = course.submitted[np.isfinite(course.merged)] = np.nan
    promised = np.isfinite(course.promised)
    may_start = np.where(promised, rng.random(n) < 0.45, (rng.random(n) < 0.25) & np.isnan(course.reviewed) & np.isnan(course.suspended))
    may_start &= np.isnan(course.returned) & np.isnan(course.merged)
    since = np.where(promised, course.promised, begun)
    start = after(since, rng.lognormal(np.log(3 * HOUR), 0.8, n), np.where(course.suspended > since, course.suspended, end), 0.5)
    course.started = np.where(may_start, start, np.nan)


def finish(course: Course, rng: np.random.Generator) -> None:
    """Let the centre call back, whistlers rate, and what nobody rates be closed after a week."""
    n = len(course.blown)
    done = course.finished
    rates = rng.random(n) < 0.58
    calls = office(done + rng.lognormal(np.log(18 * HOUR), 0.6, n), rng)
    called = rng.random(n) < np.where(rates, 0.6, 0.6)
    course.verified = np.where(called, calls, np.nan)
    alone = waking(done + rng.lognormal(np.log(6 * HOUR), 1.1, n), rng)
    course.rated = np.where(rates, np.where(called, calls + rng.uniform(2, 9, n) * MINUTE, alone), np.nan)
    closes = np.where(rates, rng.random(n) < 0.3, rng.random(n) < 0.96)
    late = office(np.fmax(done + 7 * DAY, course.verified) + rng.uniform(0, 20, n) * HOUR, rng)
    soon = office(course.rated + rng.uniform(4, 70, n) * HOUR, rng)
    course.closed = np.where(closes, np.where(rates, soon, late), np.nan)


def told(arrived: Seconds, following: Seconds, rng: np.random.Generator) -> Seconds:
    """Return when bodies were told of what reached them: within seconds, at times minutes, and before the next step."""
    n = len(arrived)
    slow = rng.random(n) < 0.06
    return after(arrived, np.where(slow, rng.uniform(60, 420, n), rng.uniform(4, 40, n)), following, 0.8)
