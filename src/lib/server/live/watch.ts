import { isDeepStrictEqual } from 'node:util';
import { listen } from '#lib/server/db/notify.ts';
import { log } from '#lib/server/log.ts';
import { changesFor, type Changed } from './changes.ts';
import { presenceFor, readPresence } from './presence.ts';
import { addStream, endStreams, openListeners, reviewStreams, sendTo, type Listeners, type Stream } from './streams.ts';

/** Milliseconds for which notifications are collected before they are sent together. */
const GATHER_MS = 80;
/** If there are more changes at once, "refresh" is sent instead. */
const MOST_AT_ONCE = 100;
const BEAT_MS = 25_000;
/** Milliseconds between checks for expired presence. */
const PRESENCE_MS = 10_000;

interface CaseNotification extends Changed {
	unitId: string;
}

/** State of this process while it listens. */
interface Watch {
	pending: CaseNotification[];
	close: () => Promise<void>;
}

let watch: Watch | undefined;
let sending: Promise<void> | undefined;
let ending: Promise<void> | undefined;

/** Starts listening to notifications of all processes, for the open desks of this process. */
export async function startWatching(): Promise<void> {
	const stopListening = await listen(
		{ spatula_case: onCaseChange, spatula_presence: schedulePresence, spatula_access: onAccessChange },
		onReconnect
	);
	const review = () =>
		void reviewStreams().catch((error: unknown) => log().warn({ err: error }, 'checking the event streams failed'));
	const timers = [setInterval(review, BEAT_MS), setInterval(schedulePresence, PRESENCE_MS)];
	const close = async () => {
		timers.forEach(clearInterval);
		await stopListening();
	};
	watch = { pending: [], close };
}

/** Ends all streams, refuses new ones and resolves when listening has stopped. */
export function stopWatching(): Promise<void> {
	const ended = watch;
	watch = undefined;
	endStreams();
	if (ended)
		ending = Promise.all([sending, ended.close()]).then(
			() => {},
			(error: unknown) => log().warn({ err: error }, 'stopping the event streams failed')
		);
	return ending ?? Promise.resolve();
}

/**
 * Opens an event stream. It begins with "refresh", because events between the page load and the stream, or between two
 * streams, are not repeated. Then it sends the presence.
 * @returns the function that closes it. Undefined if no stream can be opened now
 */
export function openStream(stream: Stream): (() => void) | undefined {
	const close = watch && addStream(stream);
	if (!close) return undefined;
	stream.send({ kind: 'refresh' });
	schedulePresence();
	return close;
}

function onCaseChange(text: string): void {
	if (!watch) return;
	const { case: caseId, unit: unitId, seq } = JSON.parse(text) as { case: number; unit: string; seq: number };
	watch.pending.push({ caseId, unitId, seq });
	sending ??= sendChanges();
}

async function sendChanges(): Promise<void> {
	await new Promise((done) => setTimeout(done, GATHER_MS));
	try {
		while (watch && watch.pending.length > 0) {
			const notifications = watch.pending.splice(0);
			for (const listeners of openListeners()) await sendChangesTo(listeners, notifications);
		}
	} catch (error) {
		log().warn({ err: error }, 'a change was not sent to open desks: they reload');
		// It is unknown which desks received the change, so all reload.
		refreshAll();
	} finally {
		sending = undefined;
	}
}

/** Skips cases of offices without a role of the actor. `changesFor` checks access to the others. */
async function sendChangesTo(listeners: Listeners, notifications: readonly CaseNotification[]): Promise<void> {
	const { handler, supervisor } = listeners.actor.units;
	const firsts = new Map<number, number>();
	for (const { caseId, unitId, seq } of notifications)
		if (handler.includes(unitId) || supervisor.includes(unitId))
			firsts.set(caseId, Math.min(seq, firsts.get(caseId) ?? seq));
	if (firsts.size > MOST_AT_ONCE) return sendTo(listeners, { kind: 'refresh' });
	const changed = [...firsts].map(([caseId, seq]) => ({ caseId, seq }));
	for (const change of await changesFor(listeners.actor, changed)) sendTo(listeners, { kind: 'change', ...change });
}

/**
 * Ends the streams of an account whose sessions, roles or officer changed. `*` ends all, because the tree of offices
 * changed.
 */
function onAccessChange(text: string): void {
	endStreams(text === '*' ? undefined : text);
}

/** The database connection was reopened, and notifications in between are lost. */
function onReconnect(): void {
	refreshAll();
	schedulePresence();
}

function refreshAll(): void {
	for (const listeners of openListeners()) sendTo(listeners, { kind: 'refresh' });
}

let presenceChanged = false;
let sendingPresence: Promise<void> | undefined;
/** Sends the presence once for all changes of the next moments, then again if it changed while being sent. */
function schedulePresence(): void {
	presenceChanged = true;
	sendingPresence ??= runPresenceLoop();
}

async function runPresenceLoop(): Promise<void> {
	while (presenceChanged) {
		await new Promise((done) => setTimeout(done, GATHER_MS));
		presenceChanged = false;
		await sendPresence().catch((error: unknown) => log().warn({ err: error }, 'sending presence failed'));
	}
	sendingPresence = undefined;
}

/** Sends to each stream who has which page open, unless this has not changed since the stream last received it. */
async function sendPresence(): Promise<void> {
	const all = watch ? openListeners() : [];
	const present = all.length > 0 ? await readPresence() : [];
	for (const { actor, streams } of all) {
		const shown = await presenceFor(actor, present);
		for (const stream of streams) {
			if (isDeepStrictEqual(shown, stream.presence)) continue;
			stream.presence = shown;
			stream.send({ kind: 'presence', pages: shown });
		}
	}
}
