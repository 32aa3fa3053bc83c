"""Options, intents and FAQ questions that a recogniser or an accent makes one of."""

import pytest

pytestmark = pytest.mark.unit

CHOICE = "code: {type: choice, ask: 哪一个？, keys: {1: one, 2: two}, options: {one: [%s], two: [%s]}}"


def choice(changed, one, other):
    return changed(
        "code: {type: digits, length: 6, ask: 请说编号。}", CHOICE % (one, other), "编号是{code|digits}", "编号是{code}"
    )


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("四", "十", "sound the same"),
        ("蓝色", "男色", "sound the same"),
        ("湖南", "福兰", "sound the same"),
        ("人民路", "人名路", "sound the same"),
        ("华南", "华东", ""),
        ("充话费", "查话费", ""),
        ("河南", "湖南", "sound nearly alike"),
    ],
)
def test_options_that_sound_alike_are_named_with_a_remedy(problems, changed, one, other, how):
    found = problems(choice(changed, one, other), advice=True)
    found = [line for line in found if line.startswith("flow.yaml") and "sound" in line]
    assert len(found) == (1 if how else 0), found
    if how:
        assert how in found[0]
        assert "advice:" in found[0]
        assert "confirmed" in found[0]


def test_intents_of_one_question_that_sound_alike_are_named_at_the_example(problems):
    found = [line for line in problems(advice=True) if "sound" in line]
    assert len(found) == 1
    assert found[0].startswith("intents/main.yaml:6:")
    assert "`buy`" in found[0]
    assert "`sell`" in found[0]


def test_a_faq_that_sounds_like_an_intent_is_named(problems):
    faq = "faq: [{id: hours, question: 我要脉东西, answer: 九点。}]"
    assert any("shop/hours" in line for line in problems(faq=faq, advice=True))


def test_what_is_never_active_together_may_sound_alike(problems, changed):
    flow = changed("intents: [buy, sell]", "intents: [buy]", "then: {buy: two, sell: three}", "then: {buy: two}")
    assert not any("sound" in line for line in problems(flow, advice=True))
