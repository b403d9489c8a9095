//! Devices that come and go, fail, and are taken away.

use super::*;
use DeviceKind::{Camera, Microphone};

fn media(microphone: bool, camera: bool) -> Media {
    let mut media = Media::new(microphone, camera, Remembered::default());
    assert_eq!(media.handle(MediaEvent::Devices(Devices::default())), []);
    media
}

fn track(request: u32, kind: DeviceKind) -> TrackId {
    TrackId { request: MediaRequest(request), source: kind.into() }
}

fn request(kind: DeviceKind, device: Option<&str>) -> DeviceRequest {
    DeviceRequest { kind, device: device.map(str::to_owned), processing: Processing::default() }
}

fn device(id: &str, label: &str) -> Device {
    Device { id: id.into(), label: label.into(), group: format!("group of {id}") }
}

fn cameras(devices: &[&Device]) -> MediaEvent {
    let cameras = devices.iter().copied().cloned().collect();
    MediaEvent::Devices(Devices { cameras, ..Devices::default() })
}

fn reopen(number: u32, kind: DeviceKind, device: Option<&str>) -> Effect {
    Effect::OpenDevices { request: MediaRequest(number), devices: vec![request(kind, device)] }
}

fn open(request: u32, kinds: &[DeviceKind]) -> Effect {
    let devices = kinds.iter().map(|&kind| self::request(kind, None)).collect();
    Effect::OpenDevices { request: MediaRequest(request), devices }
}

fn running() -> Media {
    let mut media = media(true, true);
    assert_eq!(media.activate(true), [open(1, &[Microphone, Camera])], "the user is asked once");
    assert_eq!(media.handle(MediaEvent::Opened(track(1, Microphone))), []);
    assert_eq!(media.handle(MediaEvent::Opened(track(1, Camera))), []);
    media
}

#[test]
fn a_camera_switched_off_is_released_and_a_muted_microphone_is_not() {
    let mut media = running();
    assert_eq!(media.switch(Camera, false), [Effect::CloseTrack(track(1, Camera))]);
    let mute = Effect::EnableTrack { track: track(1, Microphone), enabled: false };
    assert_eq!(media.switch(Microphone, false), [mute]);
    assert!(!media.sends(Microphone));
    let unmute = Effect::EnableTrack { track: track(1, Microphone), enabled: true };
    assert_eq!(media.switch(Microphone, true), [unmute]);
}

#[test]
fn only_the_last_wish_counts_when_the_device_has_started() {
    let mut media = media(false, true);
    assert_eq!(media.activate(true), [open(1, &[Camera])]);
    for wish in [false, true, false, true, false] {
        assert_eq!(media.switch(Camera, wish), [], "one request at a time");
    }
    let effects = media.handle(MediaEvent::Opened(track(1, Camera)));
    assert_eq!(effects, [Effect::CloseTrack(track(1, Camera))]);
    assert_eq!(media.view(Camera).state, DeviceState::Off);
}

#[test]
fn a_late_camera_is_stopped() {
    let mut media = media(false, true);
    media.activate(true);
    media.activate(false);
    let effects = media.handle(MediaEvent::Opened(track(1, Camera)));
    assert_eq!(effects, [Effect::CloseTrack(track(1, Camera))]);
    let again = media.handle(MediaEvent::Opened(track(7, Camera)));
    assert_eq!(again, [Effect::CloseTrack(track(7, Camera))], "nobody asked for this one");
}

#[test]
fn a_failed_device_waits_for_the_user_or_for_a_new_device() {
    let mut media = media(false, true);
    media.activate(true);
    let failure = DeviceFailure::Missing;
    assert_eq!(media.handle(MediaEvent::Failed { track: track(1, Camera), failure }), []);
    assert_eq!(media.view(Camera).state, DeviceState::Failed(failure));
    let device = device("usb", "");
    assert_eq!(media.handle(cameras(&[&device])), [open(2, &[Camera])]);
    let failure = DeviceFailure::Refused;
    media.handle(MediaEvent::Failed { track: track(2, Camera), failure });
    assert_eq!(media.handle(cameras(&[&device])), []);
    assert_eq!(media.retry(Camera), [open(3, &[Camera])]);
}

#[test]
fn an_unplugged_device_is_replaced_once() {
    let mut media = media(true, false);
    media.activate(true);
    media.handle(MediaEvent::Opened(track(1, Microphone)));
    let ended = media.handle(MediaEvent::Ended(track(1, Microphone)));
    assert_eq!(ended, [Effect::CloseTrack(track(1, Microphone)), open(2, &[Microphone])]);
    media.handle(MediaEvent::Opened(track(2, Microphone)));
    media.handle(MediaEvent::Ended(track(2, Microphone)));
    assert_eq!(media.failure(Microphone), Some(DeviceFailure::Lost), "no endless loop");
}

#[test]
fn leaving_releases_everything() {
    let mut media = running();
    let closed = [Effect::CloseTrack(track(1, Microphone)), Effect::CloseTrack(track(1, Camera))];
    assert_eq!(media.activate(false), closed);
}

#[test]
fn another_choice_is_opened_before_the_one_before_is_closed() {
    let mut media = running();
    assert_eq!(media.choose(Camera, Some("usb".into())), [reopen(2, Camera, Some("usb"))]);
    assert_eq!(media.track(Camera), Some(track(1, Camera)), "what others see has no gap");
    assert!(media.sends(Camera));
    let opened = media.handle(MediaEvent::Opened(track(2, Camera)));
    assert_eq!(opened, [Effect::CloseTrack(track(1, Camera))]);
    assert_eq!(media.track(Camera), Some(track(2, Camera)));
    media.handle(MediaEvent::Uses(track(2, Camera), "usb".into()));
    assert_eq!(media.choose(Camera, Some("usb".into())), [], "it is in use");
}

#[test]
fn what_the_browser_has_chosen_by_itself_is_not_opened_again() {
    let mut media = running();
    media.handle(MediaEvent::Uses(track(1, Camera), "usb".into()));
    assert_eq!(media.choose(Camera, Some("usb".into())), []);
    assert_eq!(media.choose(Camera, None), [reopen(2, Camera, None)]);
}

#[test]
fn a_muted_microphone_is_changed_as_well_and_stays_muted() {
    let mut media = running();
    media.switch(Microphone, false);
    assert_eq!(media.choose(Microphone, Some("usb".into())), [reopen(2, Microphone, Some("usb"))]);
    let mute = Effect::EnableTrack { track: track(2, Microphone), enabled: false };
    let effects = media.handle(MediaEvent::Opened(track(2, Microphone)));
    assert_eq!(effects, [Effect::CloseTrack(track(1, Microphone)), mute]);
    assert!(!media.sends(Microphone));
}

#[test]
fn a_camera_switched_off_while_it_changes_is_released() {
    let mut media = running();
    media.choose(Camera, Some("usb".into()));
    assert_eq!(media.switch(Camera, false), [Effect::CloseTrack(track(1, Camera))]);
    assert_eq!(media.switch(Camera, true), [], "one request at a time");
    assert_eq!(media.handle(MediaEvent::Opened(track(2, Camera))), []);
    assert_eq!(media.track(Camera), Some(track(2, Camera)));
}

#[test]
fn a_choice_that_does_not_start_leaves_the_one_before() {
    let mut media = running();
    media.choose(Camera, Some("usb".into()));
    let failed = MediaEvent::Failed { track: track(2, Camera), failure: DeviceFailure::Other };
    assert_eq!(media.handle(failed), []);
    assert_eq!(media.take_news(), [News::NotChosen(Camera)]);
    let view = media.view(Camera);
    assert_eq!((view.state, view.chosen), (DeviceState::On, None));
}

#[test]
fn a_machine_that_runs_one_camera_at_a_time_is_given_the_other_alone() {
    let busy = |request| MediaEvent::Failed { track: track(request, Camera), failure: DeviceFailure::Busy };
    let mut media = running();
    media.choose(Camera, Some("usb".into()));
    let close = Effect::CloseTrack(track(1, Camera));
    assert_eq!(media.handle(busy(2)), [close, reopen(3, Camera, Some("usb"))]);
    // Another program has it: back to the one before.
    assert_eq!(media.handle(busy(3)), [reopen(4, Camera, None)]);
    assert_eq!(media.take_news(), [News::NotChosen(Camera)]);
    assert_eq!(media.handle(busy(4)), []);
    assert_eq!(media.failure(Camera), Some(DeviceFailure::Busy), "no endless loop");
}

#[test]
fn a_device_is_remembered_by_its_label() {
    let remembered = Remembered { camera: Some("Good".into()), ..Remembered::default() };
    let mut media = Media::new(false, true, remembered);
    assert_eq!(media.activate(true), [], "its id is not known yet");
    let (bad, good) = (device("1", "Bad"), device("2", "Good"));
    assert_eq!(media.handle(cameras(&[&bad, &good])), [reopen(1, Camera, Some("2"))]);
    assert_eq!(media.take_news(), []);
    assert_eq!(media.remembered().camera.as_deref(), Some("Good"));
    media.choose(Camera, Some("1".into()));
    assert_eq!(media.remembered().camera.as_deref(), Some("Bad"));
    media.choose(Camera, None);
    assert_eq!(media.remembered(), Remembered::default());
}

#[test]
fn a_remembered_device_is_taken_once_its_label_may_be_seen() {
    let remembered = Remembered { camera: Some("Good".into()), ..Remembered::default() };
    let mut media = Media::new(false, true, remembered);
    media.activate(true);
    assert_eq!(media.handle(cameras(&[])), [open(1, &[Camera])]);
    media.handle(MediaEvent::Opened(track(1, Camera)));
    media.handle(MediaEvent::Uses(track(1, Camera), "1".into()));
    let (bad, good) = (device("1", "Bad"), device("2", "Good"));
    assert_eq!(media.handle(cameras(&[&bad, &good])), [reopen(2, Camera, Some("2"))]);
    assert_eq!(media.take_news(), [], "nothing has changed for the user");
}

#[test]
fn a_device_that_is_gone_is_named_with_the_one_that_takes_its_place_and_comes_back() {
    let mut media = running();
    let (own, usb) = (device("1", "Own"), device("2", "USB"));
    media.handle(cameras(&[&own, &usb]));
    media.choose(Camera, Some("2".into()));
    media.handle(MediaEvent::Opened(track(2, Camera)));
    media.handle(MediaEvent::Uses(track(2, Camera), "2".into()));
    assert_eq!(media.handle(cameras(&[&own])), []);
    let ended = media.handle(MediaEvent::Ended(track(2, Camera)));
    assert_eq!(ended, [Effect::CloseTrack(track(2, Camera)), reopen(3, Camera, None)]);
    media.handle(MediaEvent::Opened(track(3, Camera)));
    media.handle(MediaEvent::Uses(track(3, Camera), "1".into()));
    assert_eq!(media.take_news(), [News::Gone(Camera, own.clone())]);
    assert_eq!(media.handle(cameras(&[&own, &usb])), [reopen(4, Camera, Some("2"))]);
    assert_eq!(media.take_news(), [News::Back(Camera, usb)]);
}

#[test]
fn a_chosen_device_whose_track_ends_is_opened_again_if_it_is_still_there() {
    let missing = MediaEvent::Failed { track: track(3, Camera), failure: DeviceFailure::Missing };
    let mut media = running();
    media.handle(cameras(&[&device("1", "Own"), &device("2", "USB")]));
    media.choose(Camera, Some("2".into()));
    media.handle(MediaEvent::Opened(track(2, Camera)));
    media.handle(MediaEvent::Uses(track(2, Camera), "2".into()));
    let ended = media.handle(MediaEvent::Ended(track(2, Camera)));
    assert_eq!(ended, [Effect::CloseTrack(track(2, Camera)), reopen(3, Camera, Some("2"))]);
    // It was not: the browser's choice takes its place, and is named.
    assert_eq!(media.handle(missing), [reopen(4, Camera, None)]);
    media.handle(MediaEvent::Opened(track(4, Camera)));
    media.handle(MediaEvent::Uses(track(4, Camera), "1".into()));
    assert_eq!(media.take_news(), [News::Gone(Camera, device("1", "Own"))]);
}

#[test]
fn a_device_that_has_run_well_is_replaced_again() {
    let mut media = running();
    for request in 1..5 {
        let ended = media.handle(MediaEvent::Ended(track(request, Microphone)));
        assert_eq!(ended.last(), Some(&open(request + 1, &[Microphone])), "time {request}");
        media.handle(MediaEvent::Opened(track(request + 1, Microphone)));
        media.on_timeout(Microphone);
    }
}

#[test]
fn a_device_that_recovers_from_being_muted_may_do_so_again() {
    let mut media = running();
    for request in 1..4 {
        media.handle(MediaEvent::Muted(track(request, Microphone), true));
        assert_eq!(media.on_timeout(Microphone), [open(request + 1, &[Microphone])]);
        media.handle(MediaEvent::Opened(track(request + 1, Microphone)));
        assert_eq!(media.on_timeout(Microphone), [], "it has run for a while");
    }
    assert!(media.sends(Microphone));
}

#[test]
fn a_muted_device_that_another_program_has_is_kept_until_that_lets_go_of_it() {
    let mut media = running();
    media.handle(MediaEvent::Muted(track(1, Camera), true));
    assert_eq!(media.on_timeout(Camera), [open(2, &[Camera])]);
    let busy = MediaEvent::Failed { track: track(2, Camera), failure: DeviceFailure::Busy };
    assert_eq!(media.handle(busy), []);
    assert_eq!(media.failure(Camera), Some(DeviceFailure::Muted));
    let unmuted = MediaEvent::Muted(track(1, Camera), false);
    assert_eq!(media.handle(unmuted), [Effect::ClearTimer(Timer::Device(Camera))]);
    assert!(media.sends(Camera));
}

#[test]
fn a_wish_while_another_one_fails_is_the_next_to_be_carried_out() {
    for failure in [DeviceFailure::Other, DeviceFailure::Missing, DeviceFailure::Busy] {
        let mut media = running();
        media.choose(Microphone, Some("b".into()));
        assert_eq!(media.choose(Microphone, Some("c".into())), []);
        let quiet = Processing { noise_suppression: false, ..Processing::default() };
        media.process(quiet);
        let failed = MediaEvent::Failed { track: track(2, Microphone), failure };
        let devices = vec![DeviceRequest { processing: quiet, ..request(Microphone, Some("c")) }];
        let next = Effect::OpenDevices { request: MediaRequest(3), devices };
        assert_eq!(media.handle(failed).last(), Some(&next), "{failure:?}");
        assert_eq!(media.take_news(), []);
        assert_eq!((media.view(Microphone).chosen.as_deref(), media.processing()), (Some("c"), quiet));
    }
}

#[test]
fn a_new_device_is_offered_but_not_what_only_got_its_name() {
    let mut media = running();
    let (own, usb) = (device("1", "Own"), device("2", "USB"));
    media.handle(cameras(&[&device("1", "")]));
    media.handle(cameras(&[&own]));
    assert_eq!(media.take_news(), []);
    let alias = device("default", "Default - USB");
    assert_eq!(media.handle(cameras(&[&alias, &own, &usb])), []);
    assert_eq!(media.take_news(), [News::Found(Camera, usb.clone())]);
    assert_eq!(media.adopt(Camera, &usb), [reopen(2, Camera, Some("2"))]);
}

#[test]
fn a_headset_brings_its_speaker() {
    let mut media = running();
    let (headset, own) = (device("7", "Headset"), device("1", "Own"));
    let speaker = Device { id: "8".into(), ..headset.clone() };
    let speakers = vec![own.clone(), speaker];
    let microphones = vec![own, headset.clone()];
    media.handle(MediaEvent::Devices(Devices { microphones, speakers, ..Devices::default() }));
    let effects = media.adopt(Microphone, &headset);
    assert_eq!(effects, [Effect::UseSpeaker(Some("8".into())), reopen(2, Microphone, Some("7"))]);
    assert_eq!(media.remembered().speaker.as_deref(), Some("Headset"));
    assert_eq!(media.handle(MediaEvent::Devices(Devices::default())), [Effect::UseSpeaker(None)]);
    assert_eq!(media.remembered().speaker.as_deref(), Some("Headset"), "for when it is back");
}

#[test]
fn a_device_that_the_system_mutes_is_opened_anew_once_and_then_told() {
    let mut media = running();
    let timer = Timer::Device(Microphone);
    let muted = |request, muted| MediaEvent::Muted(track(request, Microphone), muted);
    let wait = Effect::SetTimer { timer: timer.clone(), after: slot::MUTED_FOR };
    assert_eq!(media.handle(muted(1, true)), std::slice::from_ref(&wait));
    assert_eq!(media.handle(muted(1, true)), []);
    assert_eq!(media.handle(muted(1, false)), [Effect::ClearTimer(timer)], "it was short");
    media.handle(muted(1, true));
    assert_eq!(media.on_timeout(Microphone), [open(2, &[Microphone])]);
    let trial = Effect::SetTimer { timer: Timer::Device(Microphone), after: slot::PROVES_ITSELF };
    let opened = media.handle(MediaEvent::Opened(track(2, Microphone)));
    assert_eq!(opened, [Effect::CloseTrack(track(1, Microphone)), trial]);
    assert!(media.sends(Microphone));
    assert_eq!(media.handle(muted(2, true)), [wait]);
    assert_eq!(media.on_timeout(Microphone), []);
    assert_eq!(media.failure(Microphone), Some(DeviceFailure::Muted));
    assert!(!media.sends(Microphone), "others see why they hear nothing");
    assert_eq!(media.retry(Microphone), [open(3, &[Microphone])]);
    media.handle(MediaEvent::Opened(track(3, Microphone)));
    assert!(media.sends(Microphone));
}

#[test]
fn other_processing_opens_the_microphone_anew() {
    let mut media = running();
    let processing = Processing { noise_suppression: false, ..Processing::default() };
    let devices = vec![DeviceRequest { processing, ..request(Microphone, None) }];
    assert_eq!(media.process(processing), [Effect::OpenDevices { request: MediaRequest(2), devices }]);
    assert_eq!(media.process(processing), []);
    assert_eq!(media.remembered().processing, processing);
}

/// A shell that answers as it likes: whatever happens, one request runs at a time, what is open is closed, and in the end
/// there is what the user wants.
#[test]
fn whatever_devices_do_the_last_wish_counts() {
    for seed in 1..2000_u64 {
        let mut state = seed;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut media = Media::new(true, true, Remembered::default());
        let (mut open, mut asked): (Vec<TrackId>, Vec<TrackId>) = (Vec::new(), Vec::new());
        let (mut pending, mut timers) = (media.activate(true), Vec::new());
        for step in 0..80 {
            for effect in std::mem::take(&mut pending) {
                if let Effect::OpenDevices { request, devices } = effect {
                    assert!(asked.is_empty(), "seed {seed}: a request runs already");
                    asked.extend(devices.iter().map(|it| TrackId { request, source: it.kind.into() }));
                } else if let Effect::CloseTrack(track) = effect {
                    assert!(open.contains(&track), "seed {seed}: {track:?} is not open");
                    open.retain(|it| *it != track);
                } else if let Effect::EnableTrack { track, .. } = effect {
                    assert!(open.contains(&track), "seed {seed}");
                } else if let Effect::SetTimer { timer: Timer::Device(kind), .. } = effect {
                    timers.push(kind);
                }
            }
            let kind = DeviceKind::ALL[usize::from(random(2) == 0)];
            let action = if step < 60 { random(9) } else { 0 };
            pending = match action {
                _ if step == 60 => {
                    let mut effects = media.handle(MediaEvent::Devices(Devices::default()));
                    effects.extend(media.switch(Microphone, true));
                    effects.extend(media.switch(Camera, seed % 2 == 0));
                    effects
                }
                0 | 1 if !asked.is_empty() => {
                    let track = asked.remove(0);
                    if step < 60 && random(3) == 0 {
                        let failure = [DeviceFailure::Busy, DeviceFailure::Missing, DeviceFailure::Other]
                            [usize::try_from(random(3)).unwrap()];
                        media.handle(MediaEvent::Failed { track, failure })
                    } else {
                        open.push(track);
                        media.handle(MediaEvent::Opened(track))
                    }
                }
                2 => media.switch(kind, random(2) == 0),
                3 => media.choose(kind, (random(3) > 0).then(|| random(4).to_string())),
                4 if !open.is_empty() => media.handle(MediaEvent::Ended(open[0])),
                5 if !open.is_empty() => media.handle(MediaEvent::Muted(open[0], random(3) > 0)),
                6 if !timers.is_empty() => media.on_timeout(timers.remove(0)),
                7 => media.handle(cameras(&[&device(&random(4).to_string(), "C")])),
                8 => media.process(Processing { echo_cancellation: random(2) == 0, ..Processing::default() }),
                _ => Vec::new(),
            };
        }
        assert!(asked.is_empty() && pending.is_empty(), "seed {seed}");
        let expected: Vec<TrackId> = [Some(Microphone), (seed % 2 == 0).then_some(Camera)]
            .into_iter()
            .flatten()
            .filter_map(|kind| media.track(kind))
            .collect();
        assert_eq!(expected.len(), if seed % 2 == 0 { 2 } else { 1 }, "seed {seed}");
        open.sort_unstable_by_key(|track| track.source);
        assert_eq!(open, expected, "seed {seed}");
    }
}
