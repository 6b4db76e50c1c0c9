import type { CaseKind, Category, Channel, Identity, ServiceKind } from '#lib/cases/vocabulary.ts';
import type { OfficeSlug } from './offices.ts';
import type { LaporStage } from './lapor-stage.ts';
import type { PhotoName } from './photos.ts';
import type { Part } from './staff.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** How a report came in. `ago` counts working days before today; so do all steps that follow. */
export interface Opening {
	ago: number;
	kind: CaseKind;
	body: string;
	title?: string;
	/** The solution that the reporter hopes for. */
	hopes?: string;
	category?: Category;
	service?: ServiceKind;
	identity: Identity;
	/** Number of an invented reporter; needed unless the identity is `none`. */
	reporter?: number;
	/** The reporter allows publication. */
	publish?: true;
	/** The reporter consents to an account at LAPOR. */
	consent?: true;
	at?: 'box' | 'desk';
	/** Number of the officer whom the reporter chose; 0: the head. */
	officer?: number;
	/** Calendar days between the incident and the report. */
	incident?: number;
	channel?: Channel;
	/** LAPOR forwarded it to the office under this number; its reporter is unknown here. */
	laporId?: string;
	/** Working days after receipt at which staff recorded it; absent if the reporter sent it. */
	notedAfter?: number;
	photos?: readonly PhotoName[];
	flagged?: true;
}

/** What a step finds when its moment has come. */
export interface Stage {
	readonly reference: string;
	readonly caseId: number;
	readonly lapor: LaporStage;
	actor(part: Part): Actor;
	/** The input of a verb, for the version of the case that stands. */
	on(input: Record<string, unknown>): Promise<Record<string, unknown>>;
	/** The number of another story's case. */
	referenceOf(story: string): string;
}

export interface Step {
	ago: number;
	act(stage: Stage): Promise<unknown>;
}

/** One report from its coming in to where it stands today, told by what people do. */
export interface Story {
	/** By which other stories, scripts and tests find it. */
	name?: string;
	office: OfficeSlug;
	opening: Opening;
	steps: readonly Step[];
}
