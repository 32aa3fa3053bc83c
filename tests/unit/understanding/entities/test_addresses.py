"""Addresses as callers say them and recognisers spell them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.addresses import find_addresses
from ivr.understanding.entities.divisions import divisions
from ivr.understanding.entities.faults import Fault

pytestmark = pytest.mark.unit


def only(text):
    (entity,) = find_addresses(text)
    return entity


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("我住在北京市朝阳区建国路八十八号四栋二单元四零二室", "北京市朝阳区建国路88号4栋2单元402室"),
        ("杭州西湖区文三路478号", "浙江省杭州市西湖区文三路478号"),
        (
            "浙江省杭州市西湖区文三路四百七十八号华星时代广场a座一二零三",
            "浙江省杭州市西湖区文三路478号华星时代广场A栋1203室",
        ),
        ("上海市浦东新区张江镇科苑路一二三弄四号五零二室", "上海市浦东新区张江镇科苑路123弄4号502室"),
        ("内蒙古呼和浩特新城区", "内蒙古自治区呼和浩特市新城区"),
        ("恩施州恩施市", "湖北省恩施土家族苗族自治州恩施市"),
        ("江苏省苏州市昆山市花桥镇光明路九号", "江苏省苏州市昆山市花桥镇光明路9号"),
        ("广东深圳南山科技园", "广东省深圳市南山区科技园"),
        ("吉林市船营区解放路", "吉林省吉林市船营区解放路"),
        ("海南省琼海市嘉积镇", "海南省琼海市嘉积镇"),
        ("我住在河南省新乡市原阳县人民路十八号", "河南省新乡市原阳县人民路18号"),
        ("成都市高新区天府大道一百号", "四川省成都市高新区天府大道100号"),
        ("四栋二单元四零二", "4栋2单元402室"),
        ("送到中山路十八号", "中山路18号"),
    ],
)
def test_an_address_is_understood_down_to_the_room(said, written):
    assert str(only(said).value) == written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("北京市朝阳去建国路八十八号", "北京市朝阳区建国路88号"),
        ("背景市朝阳区建国路", "北京市朝阳区建国路"),
        ("武汉市洪山去珞瑜路三十七号", "湖北省武汉市洪山区珞瑜路37号"),
        ("石家庄市桥西去中山路", "河北省石家庄市桥西区中山路"),
        ("四懂五单元三零一", "4栋5单元301室"),
    ],
)
def test_homophones_are_read_as_what_they_sound_like_and_are_less_sure(said, written):
    entity = only(said)
    assert str(entity.value) == written
    assert entity.confidence <= 0.6


def test_a_district_that_is_in_one_city_only_says_which():
    address = only("海淀区中关村大街二十七号").value
    assert (address.province, address.city, address.district, address.code) == ("北京市", "北京市", "海淀区", "110108")
    assert str(address) == "北京市海淀区中关村大街27号"


def test_a_district_that_is_in_two_cities_leaves_the_city_open():
    entity = only("朝阳区建国路")
    assert entity.value.city == entity.value.code == ""
    assert entity.confidence < 0.7
    assert only("长春朝阳区").value.city == "长春市"


def test_a_district_of_another_city_is_a_fault():
    entity = only("上海市海淀区")
    assert Fault.read(entity.fault).word == "unknown_area"
    assert only("成都市高新区").fault == ""


def test_a_corrected_district_and_building_count():
    assert str(only("北京市朝阳区不对海淀区").value) == "北京市海淀区"
    assert only("不是四栋是五栋").value.building == "5"


@pytest.mark.parametrize(
    "said",
    ["帮我查一下账单", "我要三份炒饭", "知道了三楼", "二零二四年三月五号", "意向是什么", "高清央视综合频道", "", "a"],
)
def test_what_is_no_address_is_none(said):
    assert find_addresses(said) == []


@example("220723")  # 乾安县, which is not dried
@given(st.sampled_from(sorted(divisions().codes())))
def test_every_district_with_its_city_comes_back(code):
    division = divisions().of(code)
    province, city = divisions().above(division)
    above = "".join(dict.fromkeys(one.name for one in (province, city) if one is not None and one != division))
    entity = only(above + division.name)
    assert entity.value.code == code
    assert entity.confidence == 1.0


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("北京市朝阳区去海淀路号四栋单元室不对是五零，"), st.characters()),
        max_size=60,
    )
)
def test_whatever_is_said_spans_lie_in_the_text_and_twice_is_the_same(text):
    found = find_addresses(text)
    assert found == find_addresses(text)
    for entity in found:
        assert text[entity.start : entity.end] == entity.text != ""
        assert 0.0 < entity.confidence <= 1.0
