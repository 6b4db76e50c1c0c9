import { isDeepStrictEqual } from 'node:util';
import { listen } from '#lib/server/db/notify.ts';
import { log } from '#lib/server/log.ts';
import { changesFor, type Changed } from './changes.ts';
import { presenceFor, whoIsPresent, type Present } from './presence.ts';
import { addStream, endStreams, openListeners, reviewStreams, sendTo, type Listeners, type Stream } from './streams.ts';

/** Milliseconds for which notifications are collected and forwarded together. */
const GATHER_MS = 80;
/** More changes at once are replaced by "refresh". */
const MOST_AT_ONCE = 100;
const BEAT_MS = 25_000;
/** How often expired presence is checked. */
const PRESENCE_MS = 10_000;

interface Notice extends Changed {
	unitId: string;
}

/** State of this process while it listens. */
interface Watch {
	pending: Notice[];
	/** As it was sent last. */
	present: Present;
	close: () => Promise<void>;
}

let watch: Watch | undefined;
let sending: Promise<void> | undefined;
let ending: Promise<void> | undefined;

/** Starts listening to notifications of all processes, for the open desks of this one. */
export async function startWatching(): Promise<void> {
	const silence = await listen(
		{ spatula_case: onCaseChange, spatula_presence: sendPresenceSoon, spatula_access: onAccessChange },
		onReconnect
	);
	const timers = [
		setInterval(() => quietly(reviewStreams()), BEAT_MS),
		setInterval(() => quietly(sendPresence()), PRESENCE_MS)
	];
	const close = async () => {
		timers.forEach(clearInterval);
		await silence();
	};
	watch = { pending: [], present: new Map(), close };
}

/** Ends all streams and refuses new ones. Resolves when listening has stopped. */
export function stopWatching(): Promise<void> {
	const ended = watch;
	watch = undefined;
	endStreams();
	if (ended)
		ending = Promise.all([sending, ended.close()]).then(
			() => {},
			(error: unknown) => log().warn({ err: error }, 'open desks')
		);
	return ending ?? Promise.resolve();
}

/**
 * Opens an event stream. It begins with "refresh", because nothing repeats what was missed between a page and its stream or
 * between two streams. Who has which case open follows.
 * @returns the function that closes it; undefined if none can be opened now
 */
export function openStream(stream: Stream): (() => void) | undefined {
	const close = watch && addStream(stream);
	if (!close) return undefined;
	stream.send({ kind: 'refresh' });
	quietly(sendPresence(stream));
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
			const notices = watch.pending.splice(0);
			for (const listeners of openListeners()) await sendChangesTo(listeners, notices);
		}
	} catch (error) {
		log().warn({ err: error }, 'a change was not passed on');
		// It is unknown who received it.
		refreshAll();
	} finally {
		sending = undefined;
	}
}

/** Skips cases of other offices; the query decides about the rest. */
async function sendChangesTo(listeners: Listeners, notices: readonly Notice[]): Promise<void> {
	const { handler, supervisor } = listeners.actor.units;
	const firsts = new Map<number, number>();
	for (const { caseId, unitId, seq } of notices)
		if (handler.includes(unitId) || supervisor.includes(unitId))
			firsts.set(caseId, Math.min(seq, firsts.get(caseId) ?? seq));
	if (firsts.size > MOST_AT_ONCE) return sendTo(listeners, { kind: 'refresh' });
	const changed = [...firsts].map(([caseId, seq]) => ({ caseId, seq }));
	for (const change of await changesFor(listeners.actor, changed)) sendTo(listeners, { kind: 'change', ...change });
}

/** Sessions, roles or officer of an account changed: its streams end. `*`: the tree of offices changed. */
function onAccessChange(text: string): void {
	endStreams(text === '*' ? undefined : text);
}

/** The database connection was reopened: notifications in between are lost. */
function onReconnect(): void {
	refreshAll();
	sendPresenceSoon();
}

function refreshAll(): void {
	for (const listeners of openListeners()) sendTo(listeners, { kind: 'refresh' });
}

let waiting: ReturnType<typeof setTimeout> | undefined;
function sendPresenceSoon(): void {
	waiting ??= setTimeout(() => {
		waiting = undefined;
		quietly(sendPresence());
	}, GATHER_MS);
}

/** Sends who has which case open: to all if that has changed, otherwise to the stream that was just opened. */
async function sendPresence(opened?: Stream): Promise<void> {
	if (!watch || openListeners().length === 0) return;
	const present = await whoIsPresent();
	if (!isDeepStrictEqual(present, watch.present))
		for (const listeners of openListeners())
			sendTo(listeners, { kind: 'presence', cases: await presenceFor(listeners.actor, present) });
	else opened?.send({ kind: 'presence', cases: await presenceFor(opened.actor, present) });
	// Only now: if a query failed, the next look sends the same again.
	if (watch) watch.present = present;
}

function quietly(work: Promise<void>): void {
	work.catch((error: unknown) => log().warn({ err: error }, 'open desks'));
}
