//! Where a message ends in a stream of bytes (RFC 5389 §7.2.2, RFC 5766 §11.5): pure.
//!
//! STUN messages tell their length, in steps of four. `ChannelData` messages tell it too, and are filled up to such a
//! step. Nothing stands between them, so what is neither cannot be skipped.

use super::clients::MESSAGE_BYTES;

/// Bytes of the header of a STUN message.
const STUN_HEADER: usize = 20;
/// What each STUN message has after its length.
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// Bytes of the header of a `ChannelData` message.
const CHANNEL_HEADER: usize = 4;

/// The stream holds something else, or a message that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What has come and is not a whole message yet.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    /// So many of them were given away.
    done: usize,
}

impl Frames {
    /// More has come.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.done);
        self.done = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, with what it was filled up with.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<u8>>, Malformed> {
        let rest = self.bytes.get(self.done..).unwrap_or_default();
        let Some(message) = length(rest)?.and_then(|length| rest.get(..length)) else { return Ok(None) };
        self.done += message.len();
        Ok(Some(message.to_vec()))
    }

    /// Whether a message has begun that is not whole.
    pub(crate) fn is_waiting(&self) -> bool {
        self.done < self.bytes.len()
    }
}

/// The length of the message that begins so; none as long as it cannot be told.
fn length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let (length, is_stun) = match bytes {
        [first, ..] if *first >= 0x80 => return Err(Malformed),
        [first, _, high, low, ..] => {
            let told = usize::from(u16::from_be_bytes([*high, *low]));
            if *first < 0x40 {
                (STUN_HEADER + told, true)
            } else {
                (CHANNEL_HEADER + told.next_multiple_of(4), false)
            }
        }
        [..] => return Ok(None),
    };
    // The cookie is looked at as far as it has come: what is none must not be waited for.
    let strange = bytes.iter().skip(4).zip(&COOKIE).any(|(byte, expected)| byte != expected);
    if length > MESSAGE_BYTES || is_stun && (strange || length % 4 != 0) {
        return Err(Malformed);
    }
    Ok(Some(length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stun(length: usize) -> Vec<u8> {
        let mut message = vec![0, 1];
        message.extend(u16::try_from(length).unwrap().to_be_bytes());
        message.extend(COOKIE);
        message.extend(vec![7; 12 + length]);
        message
    }

    fn channel_data(length: usize) -> Vec<u8> {
        let mut message = vec![0x40, 3];
        message.extend(u16::try_from(length).unwrap().to_be_bytes());
        message.extend(vec![9; length.next_multiple_of(4)]);
        message
    }

    /// The messages of a stream that comes in these parts.
    fn read<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Result<(Vec<Vec<u8>>, bool), Malformed> {
        let (mut frames, mut messages) = (Frames::default(), Vec::new());
        for part in parts {
            frames.push(part);
            while let Some(message) = frames.next()? {
                messages.push(message);
            }
        }
        Ok((messages, frames.is_waiting()))
    }

    #[test]
    fn every_split_of_a_stream_gives_the_same_messages() {
        let messages = [stun(0), channel_data(1), channel_data(0), stun(8), channel_data(4), channel_data(7)];
        let stream = messages.concat();
        for first in 0..=stream.len() {
            for second in first..=stream.len() {
                let parts = [&stream[..first], &stream[first..second], &stream[second..]];
                assert_eq!(read(parts), Ok((messages.to_vec(), false)), "{first} {second}");
            }
        }
        assert_eq!(read(stream.chunks(1)), Ok((messages.to_vec(), false)));
    }

    #[test]
    fn what_is_not_whole_is_waited_for() {
        for whole in [stun(4), channel_data(5)] {
            for end in 1..whole.len() {
                assert_eq!(read([&whole[..end]]), Ok((Vec::new(), true)), "{end}");
            }
        }
        assert_eq!(read([&[][..]]), Ok((Vec::new(), false)));
    }

    #[test]
    fn the_longest_message_is_taken_and_no_longer_one() {
        for longest in [stun(MESSAGE_BYTES - STUN_HEADER), channel_data(MESSAGE_BYTES - CHANNEL_HEADER)] {
            assert_eq!(read([&longest[..]]), Ok((vec![longest.clone()], false)));
        }
        // They are refused by their headers: nothing is kept of them.
        assert_eq!(read([&stun(MESSAGE_BYTES - STUN_HEADER + 4)[..4]]), Err(Malformed));
        assert_eq!(read([&channel_data(MESSAGE_BYTES - CHANNEL_HEADER + 1)[..4]]), Err(Malformed));
        assert_eq!(read([&[0x7f, 0xff, 0xff, 0xff][..]]), Err(Malformed));
    }

    #[test]
    fn what_is_neither_ends_it_at_once() {
        let mut odd = stun(4);
        odd[3] = 5;
        for length in 4..odd.len() {
            assert_eq!(read([&odd[..length]]), Err(Malformed), "a length that is no multiple of four");
        }
        let mut strange = stun(4);
        strange[4] = 0;
        assert_eq!(read([&strange[..5]]), Err(Malformed), "another cookie");
        for first in 0x80..=0xff {
            assert_eq!(read([&[first][..]]), Err(Malformed), "{first}");
        }
        let late = [stun(0), b"\xff".to_vec()].concat();
        assert_eq!(read([&late[..]]), Err(Malformed), "after a message");
    }

    fn message() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            (0..=(MESSAGE_BYTES - STUN_HEADER) / 4).prop_map(|words| stun(4 * words)),
            (0..=MESSAGE_BYTES - CHANNEL_HEADER).prop_map(channel_data),
        ]
    }

    proptest! {
        #[test]
        fn messages_come_out_as_they_went_in(
            messages in prop::collection::vec(message(), 0..8),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let stream = messages.concat();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let parts = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]);
            prop_assert_eq!(read(parts), Ok((messages, false)));
        }

        #[test]
        fn any_bytes_are_borne_and_little_of_them_is_kept(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..20),
        ) {
            let mut frames = Frames::default();
            'stream: for part in &parts {
                frames.push(part);
                loop {
                    match frames.next() {
                        Ok(Some(message)) => prop_assert!(message.len() <= MESSAGE_BYTES),
                        Ok(None) => break,
                        Err(Malformed) => break 'stream,
                    }
                }
                prop_assert!(frames.bytes.len() - frames.done < MESSAGE_BYTES);
            }
        }
    }
}
