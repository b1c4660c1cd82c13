// How authors, times and sizes are drawn.

import { h } from './dom/dom.js';

const COLOURS = 6;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Initials on a colour that belongs to the id; the bot has its own.
 * @param {{ id: string; name: string; isBot?: boolean }} person
 * @param {string} [size] a class
 */
export function avatar(person, size = '') {
  const initials = person.isBot
    ? 'DAB'
    : person.name
        .split(/\s+/)
        .slice(0, 2)
        .map((word) => word[0]?.toUpperCase() ?? '')
        .join('');
  const sum = [...person.id].reduce((total, char) => total + char.charCodeAt(0), 0);
  const colour = person.isBot ? 'bot' : String(sum % COLOURS);
  return h('span', { class: `avatar avatar-${colour} ${size}`, 'aria-hidden': 'true' }, initials);
}

/** @param {string} ts seconds since 1970 with a fraction */
export const dateOf = (ts) => new Date(Number(ts) * 1000);

/** The time of day; `short` without AM and PM. @param {string} ts */
export function clock(ts, short = false) {
  const date = dateOf(ts);
  const words = date.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' });
  const shown = short ? words.replace(/\s[AP]M$/, '') : words;
  return h('time', { datetime: date.toISOString(), title: date.toLocaleString('en-US') }, shown);
}

/** The day for a divider: Today, Yesterday or the date. @param {string} ts */
export function day(ts) {
  const date = dateOf(ts);
  const age = (new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / DAY;
  if (age === 0) return 'Today';
  if (age === 1) return 'Yesterday';
  return date.toLocaleDateString('en-US', { weekday: 'long', month: 'long', day: 'numeric' });
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
