//! Simplified Chinese.

use visavis_call::{DeviceFailure, DeviceKind, Problem, Trouble};

use super::Text;

pub(super) static TEXT: Text = Text {
    promise: "点开链接，即刻视频通话。无需注册，无需安装。",
    new_call: "发起通话",
    link_label: "已有链接？",
    link_placeholder: "粘贴链接",
    open_link: "打开",
    link_without_key: "这个地址里没有通话信息：缺少 # 后面的部分。请复制完整链接后重新粘贴。",
    link_malformed: "链接不完整或有误。请复制完整链接后重新粘贴。",
    bad_address: "你打开的链接不完整或有误。请让对方重新发送，或在下方粘贴完整链接。",
    recent_calls: "最近通话",
    remember_calls: "在此设备上保留通话记录",
    remember_hint: "链接只保存在此浏览器中，使用此浏览器的人都能打开。",
    no_recent_calls: "之后加入的通话会显示在这里。",
    forget: "移除",
    forget_all: "全部移除",
    language: "语言",
    theme: "外观",
    theme_system: "跟随系统",
    theme_light: "浅色",
    theme_dark: "深色",

    home: "首页",
    lobby_title: "准备加入？",
    lobby_hint: "加入之前，没有人能看到你或听到你。",
    your_name: "你的名字",
    name_placeholder: "其他人看到的名字",
    join: "加入",
    joining: "正在加入…",
    devices: "设备",
    microphone: "麦克风",
    camera: "摄像头",
    camera_off: "摄像头已关闭",
    camera_starting: "正在打开摄像头…",

    controls: "通话控制",
    microphone_turn_on: "打开麦克风",
    microphone_turn_off: "关闭麦克风",
    camera_turn_on: "打开摄像头",
    camera_turn_off: "关闭摄像头",
    share: "共享屏幕",
    share_stop: "停止共享屏幕",
    react: "表态或举手",
    raise_hand: "举手",
    lower_hand: "放下手",
    hand_is_up: "已举手",
    copy_link: "复制链接",
    copied: "链接已复制",
    leave: "离开",
    settings: "设置",

    people: "通话成员",
    you: "你",
    nameless: "访客",
    own_name: |name| format!("{name}（你）"),
    move_tile: "你的画面。按方向键可移到其他角落。",
    screens: "共享的屏幕",
    screen_of: |name| format!("{name} 的屏幕"),
    connecting: "正在连接…",
    interrupted: |seconds| format!("正在重新连接，{seconds} 秒"),
    unconnected: |trouble, name| {
        let trouble = match trouble {
            None => "尚未连通".to_owned(),
            Some(Trouble::Unanswered) => format!("{name}的浏览器没有应答"),
            Some(Trouble::NoRelay) => format!("无法直接连到{name}，而服务器没有中继"),
            Some(Trouble::RelayOutOfReach) => "你的网络不允许直接连接，也连不上中继".to_owned(),
            Some(Trouble::TheirRelayOutOfReach) => format!("{name}的网络不允许直接连接，也连不上中继"),
            Some(Trouble::NoWay) => format!("直接连接和中继都到不了{name}"),
        };
        trouble + "，正在重试…"
    },
    muted: "麦克风已关闭",
    invite_title: "目前只有你一人",
    invite_hint: "把链接发给想见的人。只有拿到链接的人才能加入。",
    invite_link: "通话链接",
    invite_code: "通话链接的二维码，可用手机扫描",
    copy_failed: "浏览器不允许复制。链接已选中，请按 Ctrl+C 或 ⌘C。",

    chat: "聊天",
    unread: |count| format!("聊天，{count} 条新消息"),
    wrote: |name, words| format!("{name}：{words}"),

    joined: |name| format!("{name} 加入了通话。"),
    departed: |name| format!("{name} 离开了通话。"),
    was_muted: |name| format!("{name} 关闭了麦克风。"),
    was_unmuted: |name| format!("{name} 打开了麦克风。"),
    microphone_is_on: "你的麦克风已打开。",
    microphone_is_off: "你的麦克风已关闭。",
    camera_is_on: "你的摄像头已打开。",
    camera_is_off: "你的摄像头已关闭。",
    shows_screen: |name| format!("{name} 正在共享屏幕。"),
    shows_no_screen: |name| format!("{name} 已停止共享屏幕。"),
    raised_hand: |name| format!("{name} 举起了手。"),
    lowered_hand: |name| format!("{name} 放下了手。"),
    screen_is_shown: "你正在共享屏幕。",
    screen_is_not_shown: "你已停止共享屏幕。",

    left_title: "你已离开通话",
    lasted,
    rejoin: "重新加入",

    sound_blocked: "浏览器暂停了声音，点击后才会播放。",
    sound_play: "播放声音",
    unheard: "你已静音，其他人听不到你。",
    device_found: |device| format!("已接入“{device}”。"),
    device_use: "使用",
    device_back: |device| format!("“{device}”已恢复，并重新启用。"),
    microphone_gone: |device| format!("麦克风已拔出，现在使用“{device}”。"),
    camera_gone: |device| format!("摄像头已拔出，现在使用“{device}”。"),
    retry: "重试",
    reload: "刷新",
    dismiss: "知道了",
    problem,
};

fn lasted(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, seconds) {
        (0, 0, _) => format!("通话时长 {seconds} 秒"),
        (0, _, 0) => format!("通话时长 {minutes} 分钟"),
        (0, _, _) => format!("通话时长 {minutes} 分 {seconds} 秒"),
        (_, 0, _) => format!("通话时长 {hours} 小时"),
        (_, _, _) => format!("通话时长 {hours} 小时 {minutes} 分"),
    }
}

fn problem(problem: Problem) -> &'static str {
    use DeviceFailure as F;
    use DeviceKind::{Camera, Microphone};
    match problem {
        Problem::Device(Microphone, F::Refused) => "浏览器没有使用麦克风的权限。请在地址栏中允许，然后重试。",
        Problem::Device(Microphone, F::Missing) => "没有找到麦克风。请接入麦克风，然后重试。",
        Problem::Device(Microphone, F::Busy) => "麦克风正被其他程序占用。请关闭该程序，然后重试。",
        Problem::Device(Microphone, F::Unsupported) => {
            "浏览器只允许 https 网页使用麦克风，其他人将听不到你。"
        }
        Problem::Device(Microphone, F::Lost) => "麦克风已断开。请重新接入或选择其他麦克风，然后重试。",
        Problem::Device(Microphone, F::Muted) => "麦克风没有声音。请检查其开关和系统设置，然后重试。",
        Problem::Device(Microphone, F::Other) => "麦克风未能启动。请检查连接，然后重试。",
        Problem::Device(Camera, F::Refused) => "浏览器没有使用摄像头的权限。请在地址栏中允许，然后重试。",
        Problem::Device(Camera, F::Missing) => "没有找到摄像头。请接入摄像头，然后重试。",
        Problem::Device(Camera, F::Busy) => "摄像头正被其他程序占用。请关闭该程序，然后重试。",
        Problem::Device(Camera, F::Unsupported) => "浏览器只允许 https 网页使用摄像头，其他人将看不到你。",
        Problem::Device(Camera, F::Lost) => "摄像头已断开。请重新接入或选择其他摄像头，然后重试。",
        Problem::Device(Camera, F::Muted) => "摄像头没有画面。请检查镜头盖和系统设置，然后重试。",
        Problem::Device(Camera, F::Other) => "摄像头未能启动。请检查连接，然后重试。",
        Problem::Screen(F::Unsupported) => "此浏览器不能共享屏幕。请在电脑上的浏览器中使用。",
        Problem::Screen(F::Refused | F::Missing | F::Busy | F::Lost | F::Muted | F::Other) => {
            "屏幕未能共享：系统不允许浏览器查看屏幕。请在系统设置中允许，然后重试。"
        }
        Problem::DeviceNotChosen(Microphone) => "所选麦克风未能启动，仍使用之前的麦克风。",
        Problem::DeviceNotChosen(Camera) => "所选摄像头未能启动，仍使用之前的摄像头。",
        // They are told with the device's name.
        Problem::DeviceFound(_) | Problem::DeviceGone(_) | Problem::DeviceBack(_) => "",
        Problem::RoomFull => "通话人数已满。有人离开后可以重试。",
        Problem::ServerUnreachable => "无法连接服务器。请检查网络，系统会自动重试。",
        Problem::ServerRefused => "服务器没有允许你加入。请稍等片刻，然后重试。",
        Problem::Outdated => "此页面有新版本。刷新后即可加入。",
        Problem::TooManyRequests => "操作过于频繁。请等一分钟，然后重试。",
        Problem::ConnectionLost => "与服务器的连接已断开。通话不受影响，恢复后新成员即可加入。",
        Problem::FileNotSaved => "文件未能保存到该位置，但仍在聊天中。请腾出空间，或选择其他位置。",
        Problem::PanelNotLoaded => "聊天未能加载。请检查网络，然后再次打开。",
    }
}
