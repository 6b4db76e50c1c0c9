import type { KeptRating, KioskScreen } from '#lib/ratings/kiosk.ts';
import { siteTime } from './device.client.ts';

type Officer = KioskScreen['officers'][number];
export type Step = 'officer' | 'score' | 'comment' | 'thanks';

/**
 * One visitor at the tablet, from the first touch to the thanks. The rating is stored with the touch that gives it. Until the
 * visitor leaves it can be changed or get a comment; then it is sent.
 */
export class TabletVisit {
	step = $state<Step>('score');
	/** null: not known, or no officers to choose from. */
	officer = $state.raw<Officer | null>(null);
	/** Typed comment that was not added yet. */
	words = $state('');
	/** The rating could not be stored. */
	failed = $state(false);
	/** The visitor has touched something; the next one must not find it. */
	begun = $state(false);
	#rating = $state.raw<KeptRating | null>(null);
	/** Set by the first score, so that fast further touches change that rating. */
	#given: { submission_id: string; given_at: string } | null = null;
	#screen: () => KioskScreen;
	#keep: (rating: KeptRating, open: boolean) => Promise<void>;

	constructor(screen: () => KioskScreen, keep: (rating: KeptRating, open: boolean) => Promise<void>) {
		this.#screen = screen;
		this.#keep = keep;
		this.#forget();
	}

	get choosable(): boolean {
		return this.#screen().officers.length > 0;
	}

	/** Whether a score was already given; a new one replaces it. */
	get rated(): boolean {
		return this.#rating !== null;
	}

	get commented(): boolean {
		return this.#rating?.comment !== undefined;
	}

	#forget(): void {
		const { officers, atDesk } = this.#screen();
		this.#rating = null;
		this.#given = null;
		this.words = '';
		this.failed = false;
		this.begun = false;
		this.officer = officers.find((one) => one.id === atDesk) ?? null;
		this.step = officers.length === 0 || this.officer ? 'score' : 'officer';
	}

	/** Officers change with the shift: a visitor who has not begun sees the present ones. */
	refresh(): void {
		if (!this.begun) this.#forget();
	}

	goTo(step: Step): void {
		this.begun = true;
		this.step = step;
	}

	choose(officer: Officer | null): void {
		this.officer = officer;
		this.goTo('score');
	}

	async rate(score: number): Promise<void> {
		this.begun = true;
		this.#given ??= { submission_id: crypto.randomUUID(), given_at: siteTime() };
		await this.#write({ ...this.#given, officer: this.officer?.id, score, comment: this.#rating?.comment });
	}

	async comment(): Promise<void> {
		if (this.#rating) await this.#write({ ...this.#rating, comment: this.words.trim() || undefined });
	}

	async #write(rating: KeptRating): Promise<void> {
		try {
			await this.#keep(rating, true);
			this.#rating = rating;
			this.failed = false;
			this.step = 'thanks';
		} catch {
			this.failed = true;
		}
	}

	/** The visitor has left or is assumed to have: sends the given rating and discards text that was only typed. */
	async end(): Promise<void> {
		const given = this.#rating;
		this.#forget();
		if (given) await this.#keep(given, false);
	}
}
