import type { LocalDate } from '#lib/calendar/days.ts';
import type { IncomingChannel, OutcomeCounts } from '#lib/cases/incoming.ts';
import type {
	CaseKind,
	Category,
	Channel,
	ClockName,
	EscalationPurpose,
	EscalationState,
	ServiceKind
} from '#lib/cases/vocabulary.ts';
import type { Period } from '#lib/ratings/period.ts';

/** `own`: one office. `tree`: the sum of an office and all offices below it. */
export const RECAP_SCOPES = ['own', 'tree'] as const;
export type RecapScope = (typeof RECAP_SCOPES)[number];

/**
 * How a report becomes one of an office's open reports, and how it ceases to be one. `moved_in` and `moved_out`: a hand-over
 * between offices, or a change between unrestricted and restricted.
 */
export const ARRIVALS = ['received', 'reopened', 'moved_in'] as const;
export const DEPARTURES = ['answered', 'archived', 'moved_out'] as const;
export type CaseMove = (typeof ARRIVALS)[number] | (typeof DEPARTURES)[number];
const MOVES: readonly CaseMove[] = [...ARRIVALS, ...DEPARTURES];

type Counts = Record<CaseMove, number>;

/**
 * One cell of the first section. In every cell and every sum of cells, `opening + received + reopened + moved_in - answered
 * - archived - moved_out = open`.
 */
export interface FlowCell extends Counts {
	/** Both null: restricted reports, which only supervisors of the office above see. Only their number is shown. */
	kind: CaseKind | null;
	channel: Channel | null;
	opening: number;
	open: number;
}

/** One counted group: how many reports are open now, or made a move in the period (`within`) or after it. */
export interface FlowCount {
	kind: CaseKind;
	channel: Channel;
	sealed: boolean;
	what: CaseMove | 'open_now';
	within: boolean;
	n: number;
}

const noMoves = (): Counts => ({ received: 0, reopened: 0, moved_in: 0, answered: 0, archived: 0, moved_out: 0 });
export const isArrival = (move: CaseMove) => (ARRIVALS as readonly string[]).includes(move);
const net = (counts: Counts) => MOVES.reduce((sum, move) => sum + (isArrival(move) ? counts[move] : -counts[move]), 0);

/**
 * The cells of a period, computed backwards from the reports that are open now. The number open at the period's end is the
 * number open now, minus later arrivals, plus later departures. Cells with only zeros are omitted.
 */
export function flowOf(counts: readonly FlowCount[]): FlowCell[] {
	const cells = new Map<
		string,
		{ at: Pick<FlowCell, 'kind' | 'channel'>; now: number; during: Counts; since: Counts }
	>();
	for (const { kind, channel, sealed, what, within, n } of counts) {
		const key = sealed ? '' : `${kind} ${channel}`;
		const at = sealed ? { kind: null, channel: null } : { kind, channel };
		const cell = cells.get(key) ?? { at, now: 0, during: noMoves(), since: noMoves() };
		cells.set(key, cell);
		if (what === 'open_now') cell.now += n;
		else (within ? cell.during : cell.since)[what] += n;
	}
	return [...cells.values()]
		.map(({ at, now, during, since }) => {
			const open = now - net(since);
			return { ...at, ...during, opening: open - net(during), open };
		})
		.filter((cell) => cell.opening !== 0 || cell.open !== 0 || MOVES.some((move) => cell[move] !== 0));
}

export function flowSum(cells: readonly FlowCell[]): Omit<FlowCell, 'kind' | 'channel'> {
	const sum = (of: (cell: FlowCell) => number) => cells.reduce((total, cell) => total + of(cell), 0);
	const counts = Object.fromEntries(MOVES.map((move) => [move, sum((cell) => cell[move])])) as Counts;
	return { ...counts, opening: sum((cell) => cell.opening), open: sum((cell) => cell.open) };
}

/** Reports received in the period, by their present category and service. */
export interface SubjectCount {
	/** If `sealed`, both are null because they must not be shown. */
	category: Category | null;
	service: ServiceKind | null;
	sealed: boolean;
	n: number;
}

/** One kind of deadline in one day unit: how often it was met in the period, in time or late, and is now overdue. */
export interface ClockRecord {
	name: ClockName;
	dayUnit: 'working' | 'calendar';
	/** Met in the period, in time or late. */
	n: number;
	onTime: number;
	late: number;
	/** From the start to the day it was met, in its own unit, without days of a pause; null if `n` is 0. */
	medianDays: number | null;
	/** Passed and not met by the period's end, or by the archiving of the case in the period. */
	overdue: number;
}

/** The first replies to the reports of one channel. */
export type ReplyRecord = Omit<ClockRecord, 'name' | 'dayUnit'>;

/** Reports by their channel. `channel` is null for restricted reports. */
interface ChannelRecord {
	channel: Channel | null;
	received: number;
	/** null: none was given or overdue. */
	reply: ReplyRecord | null;
	/** How often a message to the reporter did not arrive, or may not have. */
	undelivered: number;
}

interface ListedCase {
	caseId: number;
	reference: string;
}

export interface LateCase extends ListedCase {
	clocks: ClockName[];
	cause: string | null;
}

interface ForwardedCase extends ListedCase {
	purpose: EscalationPurpose;
	state: EscalationState;
	laporId: string | null;
	laporStatus: string | null;
}

export interface CarriedOut extends ListedCase {
	/** What was done, in the words of the answer to the reporter. */
	action: string;
	actionOn: LocalDate | null;
}

export interface FollowUp {
	id: string;
	period: string;
	rootCause: string;
	action: string;
	who: string;
	dueOn: LocalDate;
	doneOn: LocalDate | null;
}

export interface RatingRecord {
	n: number;
	/** The plain mean between the ends of its 95 % interval; null below the minimum. */
	range: { mean: number; low: number; high: number } | null;
	minimum: number;
	visits: number;
	visitDays: number;
	answered: number;
	voided: number;
	held: number;
}

/** All figures of a periodic report: counts and references. They contain no text of cases and no officer's name. */
export interface RecapFigures {
	period: Period;
	units: string[];
	flow: FlowCell[];
	received: SubjectCount[];
	oversight: { received: number; answered: number };
	clocks: ClockRecord[];
	late: LateCase[];
	lapor: {
		recorded: number;
		transferred: number;
		taken: number;
		/** Complaints that are not at LAPOR when the figures are computed, without restricted ones. */
		unrecorded: number;
		forwards: ForwardedCase[];
		inbound: (ListedCase & { laporId: string })[];
	};
	ratings: RatingRecord;
	suggestions: CarriedOut[];
	followUps: FollowUp[];
	/** Undefined in offices that use no channel, and in reports that were filed before there was this section. */
	channels?: { reports: ChannelRecord[]; messages: OutcomeCounts<IncomingChannel | null>[] };
}

/** A list for one reader: the cases that the reader may see, and the number of the others. */
export interface ShownList<Item> {
	shown: Item[];
	/** null: not told, because the reader is an officer. */
	hidden: number | null;
}

/**
 * The figures for one reader: all numbers, and in the lists only the cases that the reader may see. An officer reads
 * only totals (`totalsOnly`): a figure by kind, channel or category could be that of a report that names this officer.
 */
export type ShownFigures = Omit<
	RecapFigures,
	'late' | 'lapor' | 'oversight' | 'ratings' | 'suggestions' | 'channels'
> & {
	/** `flow` and `received` have at most one line, the sum, and `oversight`, `channels` and counts at LAPOR are null. */
	totalsOnly: boolean;
	oversight: RecapFigures['oversight'] | null;
	channels: RecapFigures['channels'] | null;
	late: ShownList<LateCase>;
	lapor: {
		counts: Omit<RecapFigures['lapor'], 'forwards' | 'inbound'> | null;
		forwards: ShownList<RecapFigures['lapor']['forwards'][number]>;
		inbound: ShownList<RecapFigures['lapor']['inbound'][number]>;
	};
	/** Or why they are not shown: the reader is rated at one of the offices, or the period still runs. */
	ratings: RatingRecord | 'own' | 'running';
	suggestions: ShownList<CarriedOut>;
};
