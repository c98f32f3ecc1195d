// Reads a calendar from the input and says what each parser understood of it: a line of JSON a parser, events by uid.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const text = readFileSync(0, "utf8");
const say = (parser, events) => console.log(JSON.stringify({ parser, events: events.sort((one, other) => one.uid.localeCompare(other.uid) || one.start.localeCompare(other.start)) }));

const calendar = new ICAL.Component(ICAL.parse(text));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
say("ical.js", calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid, start: event.startDate.toJSDate().toISOString(), end: event.endDate.toJSDate().toISOString(), summary: event.summary,
    location: event.location ?? "", description: event.description ?? "", status: component.getFirstPropertyValue("status"),
  };
}));

say("node-ical", Object.values(nodeIcal.sync.parseICS(text)).filter((item) => item.type === "VEVENT").map((event) => ({
  uid: event.uid, start: event.start.toISOString(), end: event.end.toISOString(), summary: event.summary,
  location: event.location ?? "", description: event.description ?? "", status: event.status,
})));
