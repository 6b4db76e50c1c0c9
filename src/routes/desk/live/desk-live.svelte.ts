import { REMEMBERED_MS, SLACK_MS, type LiveEvent, type Presence } from '#lib/cases/live.ts';
import { shareLine } from './sharing.client.ts';

type Hearer = (event: LiveEvent) => void;

const MOST_REMEMBERED = 500;

/** Events of the desk for this tab and its pages. Browser only; on the server there are none. */
class DeskLive {
	/** Who else has which case open. */
	presence = $state.raw<Presence>({});
	/** Whether the person is no longer signed in. */
	over = $state(false);
	readonly #hearers = new Set<Hearer>();
	#remembered: { event: LiveEvent; moment: number }[] = [];
	/** Up to here back everything is remembered. */
	#begun = 0;

	/** Begins to listen for the account, from the moment its page was made. @returns the function that ends it */
	start(account: string, since: number): () => void {
		this.over = false;
		this.#begun = since;
		this.#remembered = [];
		return shareLine(account, since, {
			hear: (event, moment) => event && this.#hear(event, moment),
			over: () => (this.over = true),
			since: (moment) => this.#since(moment)
		});
	}

	/** Tells `hearer` what happens, beginning with what did since its page was made. @returns the function that ends it */
	on(since: number, hearer: Hearer): () => void {
		for (const { event } of this.#since(since)) if (event.kind !== 'presence') hearer(event);
		this.#hearers.add(hearer);
		return () => this.#hearers.delete(hearer);
	}

	#hear(event: LiveEvent, moment: number): void {
		if (event.kind === 'presence') {
			const shown = Object.entries(event.whole ? event.cases : { ...this.presence, ...event.cases });
			this.presence = Object.fromEntries(shown.filter(([, names]) => names.length > 0));
		} else {
			this.#remembered.push({ event, moment });
			const oldest = moment - REMEMBERED_MS;
			const kept = this.#remembered.filter((one) => one.moment >= oldest).slice(-MOST_REMEMBERED);
			if (kept.length < this.#remembered.length) this.#begun = kept[0]?.moment ?? moment;
			this.#remembered = kept;
		}
		for (const hearer of this.#hearers) hearer(event);
	}

	#since(moment: number): readonly { event: LiveEvent; moment: number }[] {
		const presence: LiveEvent = { kind: 'presence', cases: this.presence, whole: true };
		const last = this.#remembered.at(-1)?.moment ?? moment;
		const changes =
			moment < this.#begun
				? [{ event: { kind: 'refresh' } as const, moment: last }]
				: this.#remembered.filter((one) => one.moment >= moment - SLACK_MS);
		return [...changes, { event: presence, moment: last }];
	}
}

export const deskLive = new DeskLive();
