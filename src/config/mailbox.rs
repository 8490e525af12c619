//! Mail addresses as people write them: `Name <local@domain>` or `local@domain`. Checked so that no
//! mail library is ever handed what makes it panic or misread.

use super::settings::Mailbox;

/// Reads a mailbox; nothing when the address is none, or a name holds control characters.
#[must_use]
pub fn mailbox(text: &str) -> Option<Mailbox> {
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>') {
        Some(rest) => {
            let (name, address) = rest.rsplit_once('<')?;
            let name = name.trim();
            let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
            (Some(name.to_owned()).filter(|name| !name.is_empty()), address.trim())
        }
        None => (None, text),
    };
    let fine = name.as_deref().unwrap_or_default().chars().all(|c| !c.is_control() && !matches!(c, '<' | '>'))
        && address.len() <= 254
        && address.parse::<lettre::Address>().is_ok();
    fine.then(|| Mailbox { name, address: address.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_name() {
        let plain = mailbox("cm@acme.example").unwrap();
        assert_eq!((plain.name, plain.address.as_str()), (None, "cm@acme.example"));
        let named = mailbox("Vigie d’Acmé <vigie@acme.example>").unwrap();
        assert_eq!(named.name.as_deref(), Some("Vigie d’Acmé"));
        assert_eq!(mailbox("\"Acme, Inc.\" <a@b.example>").unwrap().name.as_deref(), Some("Acme, Inc."));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "cm",
            "cm@",
            "@acme.example",
            "a b@c.example",
            "a@b.example, c@d.example",
            "x <a@b",
            "A\r\nB <a@b.example>",
            "a@b.example>",
            "<a@b.example> x",
        ] {
            assert_eq!(mailbox(text), None, "{text:?}");
        }
    }
}
