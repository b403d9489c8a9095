//! What the home page says, in English.

use super::pack::words;

words! {
    /// Every string of the home page.
    pub struct HomeText {
        /// How times are written: a BCP 47 tag.
        locale: "en",
        promise: "Video calls that open from a link. No account, nothing to install.",
        new_call: "New call",
        link_label: "Have a link?",
        link_placeholder: "Paste it here",
        open_link: "Open",
        link_without_key: "This address has no call in it: the part after # is missing. Copy the whole link and paste it again.",
        link_malformed: "This link is cut off or mistyped. Copy the whole link and paste it again.",
        bad_address: "The link you opened is cut off or mistyped. Ask for it again, or paste the whole link below.",
        recent_calls: "Recent calls",
        remember_calls: "Remember calls on this device",
        remember_hint: "Their links stay in this browser. Whoever uses it can open them.",
        no_recent_calls: "Calls you join from now on appear here.",
        forget: "Forget",
        forget_all: "Forget all",
        language: "Language",
        theme: "Theme",
        theme_system: "System",
        theme_light: "Light",
        theme_dark: "Dark",
    }
}
