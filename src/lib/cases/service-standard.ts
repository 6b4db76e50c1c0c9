/** Begins each line of the example in the form. A text with this mark was not adapted yet, and is not stored. */
export const EXAMPLE_MARK = '[contoh]';

/** One way to use a service. */
export interface ServiceWay {
	way: 'visit' | 'website' | 'whatsapp' | 'email';
	requirements: string[];
	/** null: this part of the published scan is not legible. The page then refers to SIPPN. */
	steps: string[] | null;
	time: string | null;
}

/** The office's published service standard. Parts that are not legible in the source are null. */
export interface ServiceStandard {
	decree: string;
	/** Day of the decree, YYYY-MM-DD; null if the source does not show it. */
	decreeDate: string | null;
	source: string;
	retrievedOn: string;
	ways: ServiceWay[];
	duration: string | null;
	fee: string | null;
	products: string[] | null;
	complaints: string[];
}
