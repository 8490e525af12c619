//! The ids that make a repeat recognisable. Owns the hash; what goes into it is the caller's.

use sha2::{Digest, Sha256};

/// The first 32 hexadecimal digits of SHA-256 over the parts, each preceded by its length in bytes
/// (64 bits, big endian), so that `("ab", "c")` and `("a", "bc")` differ.
#[must_use]
pub fn message_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::message_id;

    #[test]
    fn an_id_is_stable_and_knows_where_a_part_ends() {
        // printf '\0\0\0\0\0\0\0\001a\0\0\0\0\0\0\0\002bc' | sha256sum
        assert_eq!(message_id(&["a", "bc"]), "3fafa1cf2f19a7c1129beb20cf0983f7");
        assert_ne!(message_id(&["a", "bc"]), message_id(&["ab", "c"]));
        assert_ne!(message_id(&["a"]), message_id(&["a", ""]));
    }
}
