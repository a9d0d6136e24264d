// The navigation on a phone: closes when a place is chosen and when the screen becomes wide.

const navigation = document.getElementById("navigation");
const close = () => navigation?.matches(":popover-open") && navigation.hidePopover();
navigation?.addEventListener("click", (event) => event.target.closest("a") && close());
matchMedia("(min-width: 60.01rem)").addEventListener("change", (query) => query.matches && close());
