/** Begins each line of the example in the form. A text with this mark was not adapted yet, and is not stored. */
export const EXAMPLE_MARK = '[contoh]';

/** One way to use a service. */
export interface ServiceWay {
	way: 'visit' | 'website' | 'whatsapp' | 'email';
	requirements: string[];
	/** null: left empty, often because the published scan is not legible. The page then refers to SIPPN. */
	steps: string[] | null;
	time: string | null;
}

/** The office's published service standard. Parts that were left empty are null. */
export interface ServiceStandard {
	decree: string;
	/** Day of the decree, YYYY-MM-DD; null if it was left empty. */
	decreeDate: string | null;
	source: string;
	retrievedOn: string;
	ways: ServiceWay[];
	duration: string | null;
	fee: string | null;
	products: string[] | null;
	complaints: string[];
}
