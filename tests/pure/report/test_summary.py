"""The table says what was reached, whether that is enough, and where it is not; the page shows what missed first."""

from __future__ import annotations

from typing import Any

from bench.report.summary import CRAFT, Line, lines, misses, mood_line, to_show

GOOD: dict[str, Any] = {
    "mood": "joy",
    "genre": "folk",
    "role": "entry",
    "duration": 60,
    "levels": {
        "seconds": 60.4, "loudness": -16.1, "true_peak": -1.4, "clipped": 0, "silence_before": 0.1,
        "silence_after": 0.8,
    },
    "tempo_error": 0.01,
    "tempo_error_to_score": 0.001,
    "pitch_set_right": True,
    "inside_scale": 0.96,
    "theme_rank_score": 1,
    "theme_score": 1.0,
    "theme_rank_sound": 1,
    "theme_sound": 1.0,
    "craft": {name: [0, 10] for name, _, _ in CRAFT},
}  # fmt: skip


def pieces(count: int = 20, **changed: Any) -> list[dict[str, Any]]:
    """So many good pieces, the first of them with these figures changed."""
    made = [GOOD | {"number": number, "name": f"piece {number}"} for number in range(count)]
    made[0] = made[0] | changed
    return made


def line_about(words: str, *arguments: Any, **changed: Any) -> Line:
    return next(line for line in lines(pieces(*arguments, **changed)) if words in line.name)


def test_it_passes_pieces_that_reach_everything():
    assert all(line.passed is not False and not line.misses for line in lines(pieces()))


def test_it_fails_a_target_of_all_for_a_single_piece_and_names_it():
    loud = line_about("loudness", levels=GOOD["levels"] | {"loudness": -15.6})

    assert loud.passed is False
    assert loud.misses == ("piece 0",)
    assert "joy 1/20" in loud.where
    assert "folk 1/20" in loud.where


def test_it_lets_as_many_pieces_miss_as_the_target_allows():
    assert line_about("journey found by theme, sound", 20, theme_rank_sound=2).passed is True
    assert line_about("journey found by theme, sound", 19, theme_rank_sound=2).passed is False


def test_it_holds_each_figure_against_its_own_limit():
    for words, changed in (
        ("true peak", {"levels": GOOD["levels"] | {"true_peak": -0.9}}),
        ("clipped", {"levels": GOOD["levels"] | {"clipped": 3}}),
        ("length", {"levels": GOOD["levels"] | {"seconds": 63.2}}),
        ("start", {"levels": GOOD["levels"] | {"silence_before": 0.31}}),
        ("end", {"levels": GOOD["levels"] | {"silence_after": 1.01}}),
        ("tempo heard = asked", {"tempo_error": 0.021}),
        ("pitch set", {"pitch_set_right": False}),
        ("theme, score", {"theme_rank_score": 2}),
    ):
        missed = [line.name for line in lines(pieces(10, **changed)) if line.misses]

        assert len(missed) == 1
        assert words in missed[0]


def test_it_counts_faults_of_scores_over_all_pieces():
    parallels = line_about("melody and bass", craft=GOOD["craft"] | {"outer_parallels": [5, 10]})

    assert parallels.reached.startswith("2.50 %")
    assert parallels.passed is False


def test_it_says_that_there_were_too_few_pieces_rather_than_that_they_passed():
    assert mood_line("moods", None, 0.9, [], ()).passed is None


def test_it_shows_pieces_that_miss_before_others_and_one_of_every_kind():
    missed = [Line("loudness", "", "", False, ("piece 3",)), Line("for information", "", "", None, ("piece 5",))]
    grid = [piece | {"genre": "folk" if piece["number"] % 2 else "chamber"} for piece in pieces(12)]
    shown = [piece["number"] for piece in to_show(missed, grid, 2)]

    assert misses(missed) == {"piece 3": ["loudness"]}
    assert shown == [0, 3]
