import type { TabletRating, KioskScreen } from '#lib/ratings/kiosk.ts';
import { tagsFitting, type RatingTag } from '#lib/ratings/vocabulary.ts';
import { siteTime } from './device.client.ts';

type Officer = KioskScreen['officers'][number];
type Whom = Pick<KioskScreen, 'officers' | 'atDesk'>;
export type Step = 'officer' | 'score' | 'comment' | 'thanks';

/**
 * One visitor at the tablet, from the first touch to the thank-you page. A rating is stored as soon as the score is touched.
 * The visitor can change it or add a comment until leaving; then it is sent.
 */
export class TabletVisit {
	step = $state<Step>('score');
	/** Null if the visitor does not know the officer or no officer can be chosen. */
	officer = $state.raw<Officer | null>(null);
	/** Typed comment that is not stored yet. */
	words = $state('');
	/** The last rating or comment could not be stored. */
	failed = $state(false);
	/** The visitor has entered something, which must be cleared for the next visitor. */
	begun = $state(false);
	#rating = $state.raw<TabletRating | null>(null);
	/** Set by the first score, so that fast further touches change that rating. */
	#given: { submission_id: string; given_at: string } | null = null;
	#whom: () => Whom;
	#keep: (rating: TabletRating, open: boolean) => Promise<void>;
	#kept: Promise<void> = Promise.resolve();
	/** Ratings of ended visits that could not be completed, and so are not sent. */
	#incomplete: TabletRating[] = [];

	/** @param keep is called for one change after the other, so that the last one is stored last */
	constructor(whom: () => Whom, keep: (rating: TabletRating, open: boolean) => Promise<void>) {
		this.#whom = whom;
		this.#keep = (rating, open) => (this.#kept = this.#kept.catch(() => undefined).then(() => keep(rating, open)));
		this.#forget();
	}

	get choosable(): boolean {
		return this.#whom().officers.length > 0;
	}

	/** Whether a score was already given; a new one replaces it. */
	get rated(): boolean {
		return this.#rating !== null;
	}

	get commented(): boolean {
		return this.#rating?.comment !== undefined;
	}

	/** The given score; 0 before. */
	get score(): number {
		return this.#rating?.score ?? 0;
	}

	get chosenReasons(): readonly RatingTag[] {
		return this.#rating?.tags ?? [];
	}

	#forget(): void {
		const { officers, atDesk } = this.#whom();
		this.#rating = null;
		this.#given = null;
		this.words = '';
		this.failed = false;
		this.begun = false;
		this.officer = officers.find((officer) => officer.id === atDesk?.id) ?? null;
		this.step = officers.length === 0 || this.officer ? 'score' : 'officer';
	}

	/** Shows the current officers, which change with the shift, unless the visitor has begun. */
	refresh(): void {
		if (!this.begun) this.#forget();
	}

	goTo(step: Step): void {
		this.begun = true;
		this.step = step;
	}

	/** Chooses the officer. A rating that was already given is stored for that officer. */
	async choose(officer: Officer | null): Promise<void> {
		this.officer = officer;
		if (this.#rating) await this.#write({ ...this.#rating, officer: officer?.id });
		else this.goTo('score');
	}

	async rate(score: number): Promise<void> {
		this.begun = true;
		this.#given ??= { submission_id: crypto.randomUUID(), given_at: siteTime() };
		const tags = this.#rating?.tags?.filter((tag) => tagsFitting(score).includes(tag));
		await this.#write({ ...this.#given, officer: this.officer?.id, score, tags, comment: this.#rating?.comment });
	}

	async comment(): Promise<void> {
		if (this.#rating) await this.#write({ ...this.#rating, comment: this.words.trim() || undefined });
	}

	/** Chooses a reason, or gives it up. */
	async toggleReason(reason: RatingTag): Promise<void> {
		if (!this.#rating) return;
		const others = this.chosenReasons.filter((tag) => tag !== reason);
		const tags = others.length < this.chosenReasons.length ? others : [...others, reason];
		await this.#write({ ...this.#rating, tags });
	}

	/** Stores a rating. The next touch adds to it at once, and the outcome of an ended visit changes nothing. */
	async #write(rating: TabletRating): Promise<void> {
		const before = this.#rating;
		const given = this.#given;
		this.#rating = rating;
		const failed = await this.#keep(rating, true).then(
			() => false,
			() => true
		);
		if (this.#given !== given) return;
		if (failed && this.#rating === rating) this.#rating = before;
		this.failed = failed;
		if (!failed) this.step = 'thanks';
	}

	/**
	 * Ends the visit: completes the given rating, so that it is sent, and discards a comment that was not stored. A rating
	 * that can't be completed now is completed at the end of a later visit, or when the page is loaded again.
	 */
	async end(): Promise<void> {
		const ended = [...this.#incomplete, ...(this.#rating ? [this.#rating] : [])];
		this.#incomplete = [];
		this.#forget();
		const failed = (rating: TabletRating) => void this.#incomplete.push(rating);
		await Promise.all(ended.map((rating) => this.#keep(rating, false).catch(() => failed(rating))));
	}
}
