# What scripts add to forms, on the specimens of /design: each test fails when the script does not run.

import json
import re

import pytest

REASON = "Discord refused: the bot may not manage messages in this server."


def names(page):
    return page.evaluate("[...document.querySelectorAll('[data-list=rules] .list-fields [name]')].map((e) => e.name)")


def texts(page):
    return page.evaluate("[...document.querySelectorAll('[data-list=rules] [name$=\"].text\"]')].map((e) => e.value)")


def test_a_switch_shows_at_once_and_can_be_taken_back(open_page):
    page = open_page()
    switch = page.get_by_role("switch", name="Filter spam")
    with page.expect_request("**/design/accepting") as sent:
        switch.click()
        assert not switch.is_checked()
    assert sent.value.headers["accept"] == "application/json"
    assert sent.value.post_data == "csrf=example"
    toast = page.locator("#toasts .toast", has_text="Spam is let through.")
    with page.expect_request("**/design/accepting") as sent:
        toast.get_by_role("button", name="Undo").click()
    assert sent.value.post_data == "csrf=example&spam=on"
    assert switch.is_checked() and toast.count() == 0


def test_a_refused_switch_goes_back_and_says_why(open_page):
    page = open_page()
    switch = page.get_by_role("switch", name="Filter invites")
    switch.click()
    page.locator("#toasts .toast", has_text=REASON).wait_for()
    assert not switch.is_checked()


def test_a_switch_goes_back_when_the_server_is_away(open_page):
    page = open_page()
    page.route("**/design/accepting", lambda route: route.abort())
    switch = page.get_by_role("switch", name="Filter spam")
    switch.click()
    page.locator("#toasts .toast", has_text="did not answer").wait_for()
    assert switch.is_checked()


def test_a_switch_that_is_led_to_sign_in_has_changed_nothing(open_page):
    page = open_page()
    page.route("**/design/accepting", lambda route: route.fulfill(status=303, headers={"Location": "/design"}))
    switch = page.get_by_role("switch", name="Filter spam")
    switch.click()
    page.locator("#toasts .toast", has_text="Not saved").wait_for()
    assert switch.is_checked()


def test_without_scripts_a_switch_has_a_button(open_page):
    page = open_page(java_script_enabled=False)
    assert page.get_by_role("button", name="Apply").count() == 2
    assert page.get_by_role("button", name="Save changes").last.is_visible()
    assert open_page().get_by_role("button", name="Apply").count() == 0


def test_rows_keep_consecutive_names(open_page):
    page = open_page()
    rules = page.get_by_role("group", name="Rules")
    rules.get_by_role("button", name="Add rule").click()
    page.keyboard.type("New")
    assert texts(page) == ["No spoilers in #general", "Be kind", "English in #help", "New"]
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    assert texts(page) == ["No spoilers in #general", "New", "Be kind", "English in #help"]
    assert page.evaluate("document.activeElement.value") == "New"
    page.get_by_text("Moved to place 2 of 4").wait_for(state="attached")
    rules.get_by_role("button", name="Remove").first.click()
    assert texts(page) == ["New", "Be kind", "English in #help"]
    assert names(page) == [f"rules[{row}].{field}" for row in range(3) for field in ("text", "points", "strict")]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    for label in rules.locator("label").all():
        assert page.locator(f"[id='{label.get_attribute('for')}']").count() == 1
    for _ in range(3):
        rules.get_by_role("button", name="Add rule").click()
    assert rules.get_by_role("button", name="Add rule").is_disabled()


def test_enter_in_a_field_saves_and_changes_no_row(open_page):
    for scripts in (True, False):
        page = open_page(java_script_enabled=scripts)
        page.get_by_label("Rule", exact=True).first.fill("Changed")
        with page.expect_request("**/design/accepting") as sent:
            page.keyboard.press("Enter")
        assert "list-" not in sent.value.post_data
        assert "rules%5B0%5D.text=Changed" in sent.value.post_data


def test_a_draft_is_guarded_and_comes_back(open_page):
    page = open_page()
    save = page.locator(".draft-bar").get_by_role("button", name="Save changes")
    assert not save.is_visible()
    name = page.get_by_label("Name of the list")
    name.fill("Morning rules")
    assert save.is_visible() and page.get_by_text("You have unsaved changes").is_visible()
    name.fill("Evening rules")
    assert not save.is_visible()
    name.fill("Morning rules")
    page.get_by_role("group", name="Rules").get_by_role("button", name="Add rule").click()
    page.keyboard.type("Sleep")

    page.get_by_role("link", name="The Tea House").click()
    page.get_by_role("dialog", name="Leave without saving?").get_by_role("button", name="Stay").click()
    assert "switch" not in page.url

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    assert name.input_value() == "Evening rules"
    page.get_by_role("button", name="Bring them back").click()
    assert name.input_value() == "Morning rules"
    assert texts(page)[-1] == "Sleep"

    with page.expect_navigation(), page.expect_request("**/design/accepting") as sent:
        page.keyboard.press("Control+s")
    assert "list=Morning+rules" in sent.value.post_data
    assert not page.get_by_role("button", name="Bring them back").is_visible()


def test_leaving_without_saving_drops_the_draft(open_page):
    page = open_page()
    page.get_by_label("Name of the list").fill("x")
    page.get_by_role("link", name="The Tea House").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Leave").click()
    assert page.url.endswith("/design?switch")
    assert not page.get_by_role("button", name="Bring them back").is_visible()


def test_discarding_loads_the_page_again(open_page):
    page = open_page()
    page.get_by_label("Name of the list").fill("x")
    with page.expect_navigation():
        page.get_by_role("button", name="Discard", exact=True).last.click()
    assert page.get_by_label("Name of the list").input_value() == "Evening rules"


def test_secrets_are_not_kept(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          const input = Object.assign(document.createElement('input'), {type: 'password', name: 'secret', value: 'x'});
          document.getElementById('design-draft').append(input);
        }"""
    )
    page.get_by_label("Name of the list").fill("x")
    stored = page.evaluate("sessionStorage.getItem('draft:/design:design-draft')")
    kept = [name for name, _ in json.loads(stored)["entries"]]
    assert "list" in kept and "secret" not in kept and "csrf" not in kept


def test_a_picker_is_worked_by_keyboard(open_page):
    page = open_page()
    field = page.get_by_role("combobox", name="Channel for the log")
    assert field.input_value() == "mod-log"
    field.focus()
    page.keyboard.type("gen")
    options = page.get_by_role("listbox", name="Channel for the log").get_by_role("option")
    assert options.all_inner_texts() == ["general"]
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Enter")
    assert field.input_value() == "general"
    assert page.locator("#field-log").input_value() == "general"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false" and field.input_value() == "general"
    page.keyboard.type("announce")
    page.keyboard.press("Enter")
    assert page.locator("#field-log").input_value() == "general", "what is disabled cannot be picked"
    page.keyboard.type("nothing at all")
    assert page.get_by_text("Nothing matches").is_visible()


def test_a_picker_for_several_has_chips_and_colours(open_page):
    page = open_page()
    field = page.get_by_role("combobox", name="Exempt roles")
    value = "[...document.getElementById('field-exempt').selectedOptions].map((o) => o.value)"
    assert page.evaluate(value) == ["Moderator", "Helper"]
    assert page.locator(".chip circle").first.get_attribute("fill") == "#2ecc71"
    field.focus()
    page.keyboard.type("art")
    page.keyboard.press("Enter")
    assert page.evaluate(value) == ["Moderator", "Helper", "Artist"]
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    assert page.evaluate(value) == ["Moderator", "Helper"]
    page.get_by_role("button", name="Remove Moderator").click()
    assert page.evaluate(value) == ["Helper"]
    assert field.evaluate("(field) => field === document.activeElement")


@pytest.mark.parametrize("width", [390, 1440])
def test_without_scripts_pickers_and_lists_are_plain(open_page, width):
    page = open_page(width=width, java_script_enabled=False)
    assert page.get_by_role("combobox", name="Channel for the log").evaluate("(e) => e.localName") == "select"
    assert page.get_by_role("button", name="Move up").count() == 0
    with page.expect_request("**/design/accepting") as sent:
        page.get_by_role("button", name="Remove").nth(1).click()
    assert "list-remove=rules%5B1%5D" in sent.value.post_data
    assert re.search("csrf=example", sent.value.post_data)
