import { REMEMBERED_MS, SLACK_MS } from '#lib/cases/live.ts';
import { now } from '#lib/server/clock.ts';
import { listen } from '#lib/server/db/notify.ts';
import { log } from '#lib/server/log.ts';
import { changesFor, type Changed } from './changes.ts';
import { presenceFor, whoIsPresent, type Present } from './presence.ts';
import { addStream, endStreams, openListeners, reviewStreams, sendTo, type Listeners, type Stream } from './streams.ts';

/** Milliseconds for which notifications are collected and forwarded together. */
const GATHER_MS = 80;
/** More changes at once are replaced by "refresh". */
const MOST_AT_ONCE = 100;
const MOST_REMEMBERED = 5000;
const BEAT_MS = 25_000;
/** How often expired presence is checked. */
const LOOK_MS = 10_000;

interface Notice extends Changed {
	unitId: string;
	heardAt: number;
}

/** State of this process while it listens. */
interface Watch {
	since: number;
	remembered: Notice[];
	pending: Notice[];
	present: Present;
	close: () => Promise<void>;
}

let watch: Watch | undefined;
let passing: Promise<void> | undefined;
let ending: Promise<void> | undefined;

/** Starts listening to notifications of all processes, for the open desks of this one. */
export async function startWatching(): Promise<void> {
	const begun: Watch = {
		since: now().getTime(),
		remembered: [],
		pending: [],
		present: new Map(),
		close: async () => {}
	};
	const silence = await listen(
		{ spatula_case: hearChange, spatula_presence: () => lookSoon(), spatula_access: hearAccess },
		lookAnew
	);
	const beating = setInterval(() => quietly(reviewStreams()), BEAT_MS);
	const looking = setInterval(() => quietly(lookWhoIsPresent()), LOOK_MS);
	begun.close = async () => {
		clearInterval(beating);
		clearInterval(looking);
		await silence();
	};
	watch = begun;
}

/** Ends all streams and refuses new ones. Resolves when listening has stopped. */
export function stopWatching(): Promise<void> {
	const ended = watch;
	watch = undefined;
	endStreams();
	if (ended)
		ending = Promise.all([passing, ended.close()]).then(
			() => {},
			(error: unknown) => log().warn({ err: error }, 'open desks')
		);
	return ending ?? Promise.resolve();
}

/**
 * Opens an event stream. It starts with who has which case open and with the events since `since`, so that nothing is missed
 * between a page and its stream or between two streams.
 *
 * @returns the function that closes it; undefined if none can be opened now
 */
export async function openStream(stream: Stream, since: number): Promise<(() => void) | undefined> {
	if (!watch) return undefined;
	const close = addStream(stream);
	if (!close) return undefined;
	const { remembered, since: begun } = watch;
	const from = since - SLACK_MS;
	if (since < begun || from < now().getTime() - REMEMBERED_MS) stream.send({ kind: 'refresh' });
	else {
		const missed = onlyFor(
			stream,
			remembered.filter(({ heardAt }) => heardAt >= from)
		);
		if (missed.length > MOST_AT_ONCE) stream.send({ kind: 'refresh' });
		else for (const change of await changesFor(stream.actor, missed)) stream.send({ kind: 'change', ...change });
	}
	const present = await whoIsPresent();
	const cases = await presenceFor(stream.actor, [...present.keys()], present);
	stream.send({ kind: 'presence', cases, whole: true });
	return close;
}

function hearChange(text: string): void {
	if (!watch) return;
	const told = JSON.parse(text) as { case: number; unit: string; seq: number };
	const heardAt = now().getTime();
	const notice = { caseId: told.case, unitId: told.unit, seq: told.seq, heardAt };
	const oldest = heardAt - REMEMBERED_MS - 2 * SLACK_MS;
	const { remembered } = watch;
	remembered.push(notice);
	while (remembered.length > 0 && (remembered[0] as Notice).heardAt < oldest) remembered.shift();
	if (remembered.length > MOST_REMEMBERED) {
		// Notifications dropped early count as never received.
		watch.since = (remembered.splice(0, MOST_REMEMBERED / 2).at(-1) as Notice).heardAt + SLACK_MS;
	}
	watch.pending.push(notice);
	passing ??= passOn();
}

async function passOn(): Promise<void> {
	await new Promise((done) => setTimeout(done, GATHER_MS));
	try {
		while (watch && watch.pending.length > 0) {
			const notices = watch.pending.splice(0);
			for (const listeners of openListeners()) await tell(listeners, onlyFor(listeners, notices));
		}
	} catch (error) {
		log().warn({ err: error }, 'a change was not passed on');
		// It is unknown who received it, so everybody reloads.
		for (const listeners of openListeners()) sendTo(listeners, { kind: 'refresh' });
	} finally {
		passing = undefined;
	}
}

/** Skips cases of other offices; the query decides about the rest. */
function onlyFor({ actor }: Pick<Listeners, 'actor'>, notices: readonly Notice[]): Changed[] {
	const { handler, supervisor } = actor.units;
	const firsts = new Map<number, number>();
	for (const { caseId, unitId, seq } of notices)
		if (handler.includes(unitId) || supervisor.includes(unitId))
			firsts.set(caseId, Math.min(seq, firsts.get(caseId) ?? seq));
	return [...firsts].map(([caseId, seq]) => ({ caseId, seq }));
}

async function tell(listeners: Listeners, changed: readonly Changed[]): Promise<void> {
	if (changed.length > MOST_AT_ONCE) return sendTo(listeners, { kind: 'refresh' });
	for (const change of await changesFor(listeners.actor, changed)) sendTo(listeners, { kind: 'change', ...change });
}

/** Sessions, roles or officer of an account changed: its streams end. `*`: the tree of offices changed. */
function hearAccess(text: string): void {
	endStreams(text === '*' ? undefined : text);
}

/** The database connection was reopened: notifications in between are lost. */
function lookAnew(): void {
	if (!watch) return;
	watch.since = now().getTime();
	watch.remembered.length = 0;
	for (const listeners of openListeners()) sendTo(listeners, { kind: 'refresh' });
	lookSoon();
}

let looking: ReturnType<typeof setTimeout> | undefined;
function lookSoon(): void {
	looking ??= setTimeout(() => {
		looking = undefined;
		quietly(lookWhoIsPresent());
	}, GATHER_MS);
}

async function lookWhoIsPresent(): Promise<void> {
	if (!watch || openListeners().length === 0) return;
	const before = watch.present;
	const present = await whoIsPresent();
	const names = (all: Present, id: number) => [...(all.get(id)?.keys() ?? [])].join();
	const moved = [...new Set([...before.keys(), ...present.keys()])].filter(
		(id) => names(before, id) !== names(present, id)
	);
	for (const listeners of moved.length > 0 ? openListeners() : []) {
		const cases = await presenceFor(listeners.actor, moved, present);
		if (Object.keys(cases).length > 0) sendTo(listeners, { kind: 'presence', cases, whole: false });
	}
	// Only now: if a query failed, the next look sends the same again.
	if (watch) watch.present = present;
}

function quietly(work: Promise<void>): void {
	work.catch((error: unknown) => log().warn({ err: error }, 'open desks'));
}
