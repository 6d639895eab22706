// Time as WeChat writes it, in the zone of the bank.
import { config, t } from "./lib.js";

const zone = "Asia/Shanghai";
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
const weekday = new Intl.DateTimeFormat(config.language, { timeZone: zone, weekday: "long" });
const monthDay = new Intl.DateTimeFormat(config.language, { timeZone: zone, month: config.language === "en" ? "short" : "long", day: "numeric" });
const full = new Intl.DateTimeFormat(config.language, { timeZone: zone, year: "numeric", month: config.language === "en" ? "short" : "long", day: "numeric" });

let skew = 0;

/** now is the time of the demo, which may be ahead of the browser's. */
export const now = () => new Date(Date.now() + skew);

/** setNow says what time it is for the demo. */
export const setNow = (d) => { skew = d - Date.now(); };

/** hm is 14:05. */
export const hm = (d) => clock.format(d);

const dayNumber = (d) => Date.parse(calendar.format(d)) / 86400000;

/** wechatTime is what stands between messages: 14:05, 昨天 14:05, 星期二 14:05,
 *  3月2日 14:05, 2025年3月2日 14:05. */
export function wechatTime(d, now) {
  const days = dayNumber(now) - dayNumber(d);
  if (days <= 0) return hm(d);
  if (days === 1) return `${t("yesterday")} ${hm(d)}`;
  if (days < 7) return `${weekday.format(d)} ${hm(d)}`;
  return `${date(d, now)} ${hm(d)}`;
}

/** listTime is the shorter form of the list of chats. */
export function listTime(d, now) {
  const days = dayNumber(now) - dayNumber(d);
  if (days <= 0) return hm(d);
  if (days === 1) return t("yesterday");
  if (days < 7) return weekday.format(d);
  return date(d, now);
}

/** date is 3月2日, with the year if it is another one. */
export function date(d, now) {
  const sameYear = calendar.format(d).slice(0, 4) === calendar.format(now).slice(0, 4);
  return (sameYear ? monthDay : full).format(d);
}

const longDay = new Intl.DateTimeFormat(config.language, { timeZone: zone, month: "long", day: "numeric", weekday: "long" });

/** dayName is 3月2日星期一. */
export const dayName = (d) => longDay.format(d);

/** dateTime is 3月2日 14:05. */
export const dateTime = (d, now) => `${date(d, now)} ${hm(d)}`;

const withSeconds = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** exactTime is 14:05:09, with the date if that is another day. */
export function exactTime(d) {
  const time = withSeconds.format(d);
  return dayNumber(d) === dayNumber(now()) ? time : `${date(d, now())} ${time}`;
}
