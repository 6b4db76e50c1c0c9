import type { LocalDate } from '#lib/calendar/days.ts';
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

/** `own`: an office alone. `tree`: with all offices below it, added up. */
export const RECAP_SCOPES = ['own', 'tree'] as const;
export type RecapScope = (typeof RECAP_SCOPES)[number];

/**
 * How a report comes to an office's open ones, and how it leaves them. `moved_in` and `moved_out`: between offices, and
 * between what everybody at the office may see and what only the office above does.
 */
export const COMING = ['received', 'reopened', 'moved_in'] as const;
export const LEAVING = ['answered', 'archived', 'moved_out'] as const;
export type CaseMove = (typeof COMING)[number] | (typeof LEAVING)[number];
const MOVES: readonly CaseMove[] = [...COMING, ...LEAVING];

type Counts = Record<CaseMove, number>;

/**
 * One cell of the first section. For every cell, and so for every sum of cells, `opening + received + reopened + moved_in
 * - answered - archived - moved_out = open` holds: each of them is counted, none is made up from the rest.
 */
export interface FlowCell extends Counts {
	/** Both null: reports handled by the office above and seen by its supervisors alone; only their number is told. */
	kind: CaseKind | null;
	channel: Channel | null;
	opening: number;
	open: number;
}

/** A group of what is counted: how many reports made a move in the period, or after it, or are open now. */
export interface FlowCount {
	kind: CaseKind;
	channel: Channel;
	sealed: boolean;
	what: CaseMove | 'open_now';
	within: boolean;
	n: number;
}

const nothing = (): Counts => ({ received: 0, reopened: 0, moved_in: 0, answered: 0, archived: 0, moved_out: 0 });
export const isComing = (move: CaseMove) => (COMING as readonly string[]).includes(move);
const net = (counts: Counts) => MOVES.reduce((sum, move) => sum + (isComing(move) ? counts[move] : -counts[move]), 0);

/**
 * The cells of a period, told backwards from what is open now: what was open at the period's end is what is open now
 * less what came since and with what left since. Cells in which nothing was and nothing happened are left out.
 */
export function flowOf(counts: readonly FlowCount[]): FlowCell[] {
	const cells = new Map<
		string,
		{ at: Pick<FlowCell, 'kind' | 'channel'>; now: number; during: Counts; since: Counts }
	>();
	for (const { kind, channel, sealed, what, within, n } of counts) {
		const key = sealed ? '' : `${kind} ${channel}`;
		const at = sealed ? { kind: null, channel: null } : { kind, channel };
		const cell = cells.get(key) ?? { at, now: 0, during: nothing(), since: nothing() };
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

/** Reports received in the period, by what they are about as they stand now. */
export interface SubjectCount {
	/** Both null and `sealed`: not told. */
	category: Category | null;
	service: ServiceKind | null;
	sealed: boolean;
	n: number;
}

/** One promise of the office: how often it was due to be kept in the period, and how it was. */
export interface ClockRecord {
	name: ClockName;
	dayUnit: 'working' | 'calendar';
	/** Kept in the period, in time or late. */
	n: number;
	onTime: number;
	late: number;
	/** From its start to the day it was kept, in its own unit, days on which it stood still left out; null if n is 0. */
	medianDays: number | null;
	/** Had run out by the period's end, or when the case was archived in it, and was not kept by then. */
	overdue: number;
}

interface Listed {
	caseId: number;
	reference: string;
}

export interface LateCase extends Listed {
	clocks: ClockName[];
	cause: string | null;
}

interface ForwardedCase extends Listed {
	purpose: EscalationPurpose;
	state: EscalationState;
	laporId: string | null;
	laporStatus: string | null;
}

export interface CarriedOut extends Listed {
	/** What was done, as the reporter was told. */
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

/** Everything a periodic report says. Counts and references: nothing of what a report says, and no officer's name. */
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
		/** Complaints that are not at LAPOR when the figures are made. */
		unrecorded: number;
		forwards: ForwardedCase[];
		inbound: (Listed & { laporId: string })[];
	};
	ratings: RatingRecord;
	suggestions: CarriedOut[];
	followUps: FollowUp[];
}

/** A list of cases as one reader sees it: those the reader may see, and how many more there are. */
export interface ShownList<Item> {
	shown: Item[];
	hidden: number;
}

/** A periodic report as one reader sees it: all numbers, and of its lists the cases the reader may see. */
export type ShownFigures = Omit<RecapFigures, 'late' | 'lapor' | 'ratings' | 'suggestions'> & {
	late: ShownList<LateCase>;
	lapor: Omit<RecapFigures['lapor'], 'forwards' | 'inbound'> & {
		forwards: ShownList<RecapFigures['lapor']['forwards'][number]>;
		inbound: ShownList<RecapFigures['lapor']['inbound'][number]>;
	};
	/** null: the reader works in one of the offices. */
	ratings: RatingRecord | null;
	suggestions: ShownList<CarriedOut>;
};
