//! Exact lists: the same seed and the same moments give the same fates.

use super::*;

const MS: Duration = Duration::from_millis(1);

/// Offers packets of 1000 bytes at these milliseconds; tells when each arrives, in microseconds.
fn fates(lane: &mut Lane, moments: impl IntoIterator<Item = u32>) -> Vec<Option<u128>> {
    moments
        .into_iter()
        .map(|moment| match lane.offer(1000, MS * moment) {
            Verdict::Carried(ticket) => Some(ticket.at.as_micros()),
            Verdict::Dropped => None,
        })
        .collect()
}

fn lane(conditions: Conditions) -> Lane {
    let mut lane = Lane::new(7);
    lane.set(conditions);
    lane
}

#[test]
fn a_perfect_lane_carries_everything_at_once() {
    let mut lane = Lane::new(7);
    assert_eq!(fates(&mut lane, [0, 5, 9]), [Some(0), Some(5_000), Some(9_000)]);
    assert_eq!(lane.counters(), Counters { packets: 3, bytes: 3_000, ..Counters::default() });
}

#[test]
fn a_delay_is_added_to_every_packet() {
    let mut lane = lane(Conditions { delay: 250 * MS, ..Conditions::PERFECT });
    assert_eq!(fates(&mut lane, [0, 1, 400]), [Some(250_000), Some(251_000), Some(650_000)]);
}

#[test]
fn splitmix_is_the_published_one() {
    // The first outputs for the seed 1234567, as in the reference implementation's test vector.
    assert_eq!(
        [0, 1, 2].map(|number| mixed(1_234_567, number)),
        [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
    );
}

#[test]
fn the_seed_decides_which_packets_get_lost() {
    let lost = |seed| {
        let mut lane = Lane::new(seed);
        lane.set(Conditions { loss: 0.2, ..Conditions::PERFECT });
        let fates = fates(&mut lane, 0..40);
        fates.iter().enumerate().filter(|(_, fate)| fate.is_none()).map(|(n, _)| n).collect::<Vec<_>>()
    };
    assert_eq!(lost(7), [1, 8, 10, 21, 26, 31, 36, 39]);
    assert_eq!(lost(8), [4, 8, 13, 16, 17, 21, 26, 31, 32, 36, 38]);
}

#[test]
fn the_share_of_lost_packets_is_the_one_asked_for() {
    for (loss, wanted) in [(0.0, 0..=0), (0.05, 450..=550), (0.2, 1_900..=2_100), (1.0, 10_000..=10_000)] {
        let mut lane = lane(Conditions { loss, ..Conditions::PERFECT });
        fates(&mut lane, 0..10_000);
        let Counters { packets, lost, .. } = lane.counters();
        assert!(packets == 10_000 && wanted.contains(&lost), "{lost} of {packets} at {loss}");
    }
}

#[test]
fn jitter_wanders_within_its_bounds_and_keeps_the_order() {
    let mut lane = lane(Conditions { delay: 250 * MS, jitter: 100 * MS, ..Conditions::PERFECT });
    let moments = (0..20_000).step_by(10);
    let arrivals: Vec<u128> = fates(&mut lane, moments.clone()).into_iter().flatten().collect();
    let delays: Vec<u128> =
        moments.zip(&arrivals).map(|(sent, arrival)| arrival / 1_000 - u128::from(sent)).collect();
    assert!(arrivals.is_sorted());
    assert!(delays.iter().all(|delay| (150..=350).contains(delay)), "{delays:?}");
    let (least, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
    assert!(*least < 170 && *most > 330, "from {least} to {most}");
    let every_wave: Vec<u128> = delays.into_iter().step_by(20).take(8).collect();
    assert_eq!(every_wave, [257, 272, 176, 247, 233, 306, 193, 272]);
}

#[test]
fn a_bottleneck_sends_one_packet_after_the_other_and_drops_what_its_queue_cannot_hold() {
    // 1000 bytes take 8 ms.
    let mut lane = lane(Conditions { rate: Some(1_000_000), queue: 3_000, ..Conditions::PERFECT });
    assert_eq!(
        fates(&mut lane, [0, 0, 0, 0, 8, 100]),
        [Some(8_000), Some(16_000), Some(24_000), None, Some(32_000), Some(108_000)]
    );
    assert_eq!(lane.counters().overflowed, 1);
}

#[test]
fn a_cut_takes_what_is_offered_and_what_is_under_way() {
    let mut lane = lane(Conditions { delay: 10 * MS, ..Conditions::PERFECT });
    let (Verdict::Carried(first), Verdict::Carried(second)) = (lane.offer(1, MS), lane.offer(1, 5 * MS))
    else {
        panic!("both set out")
    };
    assert!(lane.arrives(first));
    lane.cut();
    assert!(!lane.arrives(second));
    assert_eq!(lane.offer(1, 20 * MS), Verdict::Dropped);
    lane.restore();
    assert_eq!(fates(&mut lane, [30]), [Some(40_000)]);
    let Counters { delivered, cut, .. } = lane.counters();
    assert_eq!((delivered, cut), (1, 2));
}

#[test]
fn a_shorter_delay_never_lets_a_packet_overtake() {
    let mut lane = lane(Conditions { delay: 100 * MS, ..Conditions::PERFECT });
    assert_eq!(fates(&mut lane, [0]), [Some(100_000)]);
    lane.set(Conditions::PERFECT);
    assert_eq!(fates(&mut lane, [10, 120]), [Some(100_000), Some(120_000)]);
}
