-- The whole schema. First what drizzle-kit generated from src/lib/server/db/schema: tables, references and indexes. Behind it,
-- what that schema cannot describe: functions and triggers.
--
-- Trigrams find similar words. The extension comes first, because an index of `search_words` needs it. It is a trusted one
-- since PostgreSQL 13, so the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE TABLE "access_changes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"account_id" uuid NOT NULL,
	"target" text NOT NULL,
	"data" jsonb NOT NULL,
	"unit_ids" uuid[] NOT NULL,
	"requested_by" uuid,
	"requested_at" timestamp with time zone NOT NULL,
	"takes_effect_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"decided_by" uuid,
	"ended_at" timestamp with time zone,
	"link" text,
	"notified_of" text
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"username" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"proven_email" text,
	"password_hash" text,
	"active" boolean DEFAULT true NOT NULL,
	"mark_generation" integer DEFAULT 0 NOT NULL,
	"used_at" timestamp with time zone,
	"after_action" text DEFAULT 'next' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_username_unique" UNIQUE("username")
);
--> statement-breakpoint
CREATE TABLE "answer_templates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid,
	"use" text NOT NULL,
	"language" text NOT NULL,
	"name" text NOT NULL,
	"body" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "letters" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"case_id" bigint NOT NULL,
	"unit_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"number" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"signers" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_id" uuid,
	"unit_id" uuid,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"reason" text,
	"before" jsonb,
	"after" jsonb,
	"text_hash" text NOT NULL,
	"prev" text NOT NULL,
	"hash" text NOT NULL,
	"destroyed_at" timestamp with time zone,
	"destroyed_by" bigint
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"last" bigint NOT NULL,
	"hash" text NOT NULL,
	"mac" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "backups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"occasion" text NOT NULL,
	"account_id" uuid,
	"state" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"stage" text,
	"stage_bytes" bigint DEFAULT 0 NOT NULL,
	"moment" timestamp with time zone,
	"file_name" text,
	"bytes" bigint,
	"encrypted" boolean DEFAULT false NOT NULL,
	"verified_at" timestamp with time zone,
	"rows" bigint,
	"files" integer,
	"lost" integer,
	"fault" text,
	"removed_at" timestamp with time zone,
	CONSTRAINT "backups_fileName_unique" UNIQUE("file_name")
);
--> statement-breakpoint
CREATE TABLE "breach_letters" (
	"breach_id" uuid NOT NULL,
	"to" text NOT NULL,
	"addressee" text NOT NULL,
	"body" text NOT NULL,
	"version" integer NOT NULL,
	"sent_at" timestamp with time zone,
	"sent_how" text,
	"sent_by" uuid,
	CONSTRAINT "breach_letters_breach_id_to_pk" PRIMARY KEY("breach_id","to")
);
--> statement-breakpoint
CREATE TABLE "breach_subjects" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"breach_id" uuid NOT NULL,
	"case_id" bigint,
	"account_id" uuid,
	"officer_id" uuid,
	"described" text,
	"added_at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone,
	"told_how" text,
	"seen_at" timestamp with time zone,
	CONSTRAINT "breach_subjects_one" CHECK (num_nonnulls("breach_subjects"."case_id", "breach_subjects"."account_id", "breach_subjects"."officer_id", "breach_subjects"."described") = 1)
);
--> statement-breakpoint
CREATE TABLE "breaches" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"number" integer NOT NULL,
	"title" text NOT NULL,
	"what" text NOT NULL,
	"from_at" timestamp with time zone,
	"to_at" timestamp with time zone,
	"known_at" timestamp with time zone NOT NULL,
	"found_by" text NOT NULL,
	"data_kinds" text NOT NULL,
	"causes" text,
	"measures" text,
	"hours" integer NOT NULL,
	"basis" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"body" text NOT NULL,
	"action" text,
	"action_on" date,
	"archive_reason" text,
	"duplicate_of" bigint,
	"wave" uuid,
	"author_id" uuid,
	"state" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"reason" text,
	"single_signature" boolean DEFAULT false NOT NULL,
	"passed_up_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "attachments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" bigint NOT NULL,
	"message_id" uuid,
	"approval_id" uuid,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"width" integer,
	"height" integer,
	"sha256" text NOT NULL,
	"text" text,
	"forward_bytes" integer,
	"public" boolean DEFAULT true NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "case_officers" (
	"case_id" bigint NOT NULL,
	"officer_id" uuid NOT NULL,
	"source" text NOT NULL,
	"state" text NOT NULL,
	"removal_by" uuid,
	"removal_reason" text,
	CONSTRAINT "case_officers_case_id_officer_id_pk" PRIMARY KEY("case_id","officer_id")
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cases_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"reference" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"handling_unit_id" uuid NOT NULL,
	"restricted" boolean DEFAULT false NOT NULL,
	"restricted_at" timestamp with time zone,
	"kind" text NOT NULL,
	"title" text,
	"body" text NOT NULL,
	"requested_solution" text,
	"category" text,
	"class" text NOT NULL,
	"priority" text DEFAULT 'normal' NOT NULL,
	"service" text,
	"officer_id" uuid,
	"place_id" uuid,
	"incident_on" date,
	"identity" text NOT NULL,
	"reporter_sealed" text,
	"reporter_hash" text,
	"reporter_words" text[],
	"former_chats" bigint[] DEFAULT '{}' NOT NULL,
	"secret" boolean DEFAULT true NOT NULL,
	"consent_lapor" boolean DEFAULT false NOT NULL,
	"channel" text NOT NULL,
	"status" text DEFAULT 'received' NOT NULL,
	"return_status" text,
	"version" integer DEFAULT 1 NOT NULL,
	"assignee_id" uuid,
	"received_at" timestamp with time zone NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"opened_by" uuid,
	"answered_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"archived_at" timestamp with time zone,
	"archive_reason" text,
	"destroyed_at" timestamp with time zone,
	"disputes" integer DEFAULT 0 NOT NULL,
	"questions" integer DEFAULT 0 NOT NULL,
	"satisfaction" integer,
	"processing_restricted_at" timestamp with time zone,
	"main_case_id" bigint,
	"split_from_id" bigint,
	"transferred_to" text,
	"due_at" timestamp with time zone,
	"promised_at" timestamp with time zone,
	"flagged" boolean DEFAULT false NOT NULL,
	"escalation_state" text,
	"has_forward" boolean DEFAULT false NOT NULL,
	"objection_at" timestamp with time zone,
	"seen_at" timestamp with time zone,
	"submission_hash" text NOT NULL,
	"receipt_hash" text NOT NULL,
	"receipt_link_hash" text,
	"receipt_link_expires_at" timestamp with time zone,
	"content_hash" text NOT NULL,
	CONSTRAINT "cases_reference_unique" UNIQUE("reference"),
	CONSTRAINT "cases_submissionHash_unique" UNIQUE("submission_hash"),
	CONSTRAINT "cases_receiptHash_unique" UNIQUE("receipt_hash"),
	CONSTRAINT "cases_receiptLinkHash_unique" UNIQUE("receipt_link_hash")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" bigint NOT NULL,
	"author" text NOT NULL,
	"account_id" uuid,
	"public" boolean NOT NULL,
	"body" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"submission_hash" text,
	CONSTRAINT "messages_submissionHash_unique" UNIQUE("submission_hash")
);
--> statement-breakpoint
CREATE TABLE "timeline" (
	"case_id" bigint NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"type" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"public" boolean NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "timeline_case_id_seq_pk" PRIMARY KEY("case_id","seq")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"address" text NOT NULL,
	"settings" jsonb NOT NULL,
	"secrets_sealed" text NOT NULL,
	"dedicated" boolean DEFAULT false NOT NULL,
	"paused_at" timestamp with time zone,
	"position" jsonb,
	"checked_at" timestamp with time zone,
	"last_message_at" timestamp with time zone,
	"last_error" text,
	"last_error_at" timestamp with time zone,
	"read_by" uuid,
	"read_until" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "conversations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"connection_id" uuid NOT NULL,
	"unit_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"sender_sealed" text NOT NULL,
	"sender_hash" text NOT NULL,
	"sender_words" text[],
	"named" uuid[] DEFAULT '{}' NOT NULL,
	"about_head" boolean DEFAULT false NOT NULL,
	"subject" text,
	"state" text NOT NULL,
	"case_id" bigint,
	"of_reporter" boolean DEFAULT true NOT NULL,
	"draft" jsonb,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"alarmed_at" timestamp with time zone,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "incoming_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"message_id" bigint NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"width" integer,
	"height" integer,
	"sha256" text NOT NULL,
	"text" text,
	"forward_bytes" integer,
	"original_sha256" text,
	"transcript" text
);
--> statement-breakpoint
CREATE TABLE "incoming_messages" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "incoming_messages_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"connection_id" uuid NOT NULL,
	"unit_id" uuid NOT NULL,
	"once_key" text NOT NULL,
	"external_id" text,
	"conversation_id" bigint,
	"case_id" bigint,
	"state" text NOT NULL,
	"reason" text,
	"source" jsonb,
	"kind" text DEFAULT 'text' NOT NULL,
	"body" text DEFAULT '' NOT NULL,
	"quoted" text,
	"refused_files" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"bytes" integer NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "incoming_messages_onceKey_unique" UNIQUE("once_key")
);
--> statement-breakpoint
CREATE TABLE "outgoing_messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"connection_id" uuid NOT NULL,
	"conversation_id" bigint,
	"case_id" bigint,
	"once_key" text NOT NULL,
	"content" jsonb NOT NULL,
	"external_id" text,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"waits_from" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	CONSTRAINT "outgoing_messages_onceKey_unique" UNIQUE("once_key")
);
--> statement-breakpoint
CREATE TABLE "push_messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"once_key" text NOT NULL,
	"kind" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "push_messages_onceKey_unique" UNIQUE("once_key")
);
--> statement-breakpoint
CREATE TABLE "push_subscriptions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid,
	"case_id" bigint,
	"subscription_sealed" text NOT NULL,
	"endpoint_hash" text NOT NULL,
	"device" text,
	"language" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_sent_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "quiet_hours" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"begins" text NOT NULL,
	"ends" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clarifications" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" bigint NOT NULL,
	"officer_id" uuid NOT NULL,
	"question" text NOT NULL,
	"asked_by" uuid,
	"asked_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"answer" text,
	"answered_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "calendar_days" (
	"day" date PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calendar_years" (
	"year" integer PRIMARY KEY NOT NULL,
	"decree" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clock_rules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"kind" text,
	"class" text,
	"state" text,
	"days" integer NOT NULL,
	"day_unit" text NOT NULL,
	"basis" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clocks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" bigint NOT NULL,
	"name" text NOT NULL,
	"run" integer DEFAULT 1 NOT NULL,
	"start_at" timestamp with time zone NOT NULL,
	"days" integer NOT NULL,
	"day_unit" text NOT NULL,
	"basis" text NOT NULL,
	"pausable" boolean NOT NULL,
	"state" text NOT NULL,
	"due_at" timestamp with time zone,
	"warn_at" timestamp with time zone,
	"alert_at" timestamp with time zone,
	"met_at" timestamp with time zone,
	"late" boolean DEFAULT false NOT NULL,
	"provisional" boolean DEFAULT false NOT NULL,
	"skipped" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"warned_for" date,
	"alerted_for" date,
	"overdue_for" date,
	"notify_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "pauses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" bigint NOT NULL,
	"why" text NOT NULL,
	"from_at" timestamp with time zone NOT NULL,
	"to_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "consents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"officer_id" uuid,
	"case_id" bigint,
	"given" boolean NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"words" text NOT NULL,
	"language" text NOT NULL,
	"recorded_by" uuid,
	CONSTRAINT "consents_subject" CHECK (num_nonnulls("consents"."officer_id", "consents"."case_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "data_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"case_id" bigint,
	"account_id" uuid,
	"kind" text NOT NULL,
	"via" text NOT NULL,
	"content_sealed" text NOT NULL,
	"person_check" text,
	"check_note" text,
	"recorded_by" uuid,
	"received_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"confirm_hash" text,
	"ground" text,
	"reason" text,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"submission_hash" text NOT NULL,
	"content_hash" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "data_requests_number_unique" UNIQUE("number"),
	CONSTRAINT "data_requests_confirmHash_unique" UNIQUE("confirm_hash"),
	CONSTRAINT "data_requests_submissionHash_unique" UNIQUE("submission_hash")
);
--> statement-breakpoint
CREATE TABLE "case_exports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"format" text NOT NULL,
	"query" text NOT NULL,
	"lang" text NOT NULL,
	"state" text NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"progress" real DEFAULT 0 NOT NULL,
	"bytes" bigint,
	"case_ids" bigint[],
	"access" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "presences" (
	"case_id" bigint,
	"conversation_id" bigint,
	"account_id" uuid NOT NULL,
	"tab" uuid NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "presences_page" UNIQUE NULLS NOT DISTINCT("case_id","conversation_id","account_id","tab")
);
--> statement-breakpoint
CREATE TABLE "saved_views" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"position" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "escalation_attempts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "escalation_attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"escalation_id" uuid NOT NULL,
	"step" text NOT NULL,
	"fence" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" integer,
	"outcome" text,
	"http_status" integer,
	"reason_code" text,
	"excerpt" text,
	"lapor_id" text
);
--> statement-breakpoint
CREATE TABLE "escalation_files" (
	"escalation_id" uuid NOT NULL,
	"attachment_id" uuid NOT NULL,
	"remote_id" text,
	"left_out" text,
	CONSTRAINT "escalation_files_escalation_id_attachment_id_pk" PRIMARY KEY("escalation_id","attachment_id")
);
--> statement-breakpoint
CREATE TABLE "escalation_followups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"escalation_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"source" text NOT NULL,
	"event_seq" integer NOT NULL,
	"part" integer DEFAULT 1 NOT NULL,
	"content" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"remote_id" text,
	"reason_code" text,
	"reason_text" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "escalation_updates" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "escalation_updates_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"escalation_id" uuid NOT NULL,
	"remote_key" text NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"status_name" text,
	"content" text,
	"author" text,
	"own" boolean DEFAULT false NOT NULL,
	"attachments" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"raw" jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"applied_at" timestamp with time zone,
	"needs_mapping" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "escalations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"case_id" bigint NOT NULL,
	"nn" integer NOT NULL,
	"reference" text NOT NULL,
	"mode" text NOT NULL,
	"purpose" text NOT NULL,
	"state" text NOT NULL,
	"title" text NOT NULL,
	"content" text NOT NULL,
	"report" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"with_identity" boolean DEFAULT false NOT NULL,
	"identity_sealed" text,
	"institution" text,
	"purpose_reason" text NOT NULL,
	"reason_code" text,
	"reason_text" text,
	"absent_offered" boolean DEFAULT true NOT NULL,
	"lapor_id" text,
	"lapor_status" text,
	"lapor_news_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"waiting_since" timestamp with time zone,
	"stuck_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL,
	"create_started_at" timestamp with time zone,
	"next_lookup_at" timestamp with time zone,
	"lookups" integer DEFAULT 0 NOT NULL,
	"task" text,
	"task_text" text,
	"task_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" uuid,
	"sent_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"next_poll_at" timestamp with time zone,
	"polled_at" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "escalations_reference_unique" UNIQUE("reference")
);
--> statement-breakpoint
CREATE TABLE "inbound_reports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lapor_id" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"case_id" bigint NOT NULL,
	"matched_by" text,
	"title" text,
	"content" text NOT NULL,
	"received_on" date NOT NULL,
	"entered_by" uuid,
	"entered_at" timestamp with time zone NOT NULL,
	"answer_entered_at" timestamp with time zone,
	"answer_entered_by" uuid,
	CONSTRAINT "inbound_reports_laporId_unique" UNIQUE("lapor_id")
);
--> statement-breakpoint
CREATE TABLE "lapor_circuits" (
	"endpoint" text PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"open_until" timestamp with time zone,
	"halted_at" timestamp with time zone,
	"halted_reason" text
);
--> statement-breakpoint
CREATE TABLE "lapor_lists" (
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "lapor_lists_kind_id_pk" PRIMARY KEY("kind","id")
);
--> statement-breakpoint
CREATE TABLE "lapor_status_names" (
	"name" text PRIMARY KEY NOT NULL,
	"meaning" text NOT NULL,
	"mapped_by" uuid,
	"mapped_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mail_closings" (
	"unit_id" uuid NOT NULL,
	"language" text NOT NULL,
	"body" text NOT NULL,
	CONSTRAINT "mail_closings_unit_id_language_pk" PRIMARY KEY("unit_id","language")
);
--> statement-breakpoint
CREATE TABLE "mail_stops" (
	"address_hash" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"once_key" text NOT NULL,
	"account_id" uuid,
	"address" text,
	"case_id" bigint,
	"conversation_id" bigint,
	"unit_id" uuid,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"waits_from" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	CONSTRAINT "mails_onceKey_unique" UNIQUE("once_key")
);
--> statement-breakpoint
CREATE TABLE "notice_choices" (
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"by" text NOT NULL,
	CONSTRAINT "notice_choices_account_id_kind_by_pk" PRIMARY KEY("account_id","kind","by")
);
--> statement-breakpoint
CREATE TABLE "reporter_mail" (
	"case_id" bigint PRIMARY KEY NOT NULL,
	"language" text NOT NULL,
	"address_hash" text NOT NULL,
	"stop_hash" text NOT NULL,
	"stopped_at" timestamp with time zone,
	"stopped_by_owner" boolean DEFAULT false NOT NULL,
	"refused_at" timestamp with time zone,
	CONSTRAINT "reporter_mail_stopHash_unique" UNIQUE("stop_hash")
);
--> statement-breakpoint
CREATE TABLE "due_notices" (
	"case_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "due_notices_case_id_kind_pk" PRIMARY KEY("case_id","kind")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"case_id" bigint,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"page" text NOT NULL,
	"once_key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "notices_onceKey_unique" UNIQUE("once_key")
);
--> statement-breakpoint
CREATE TABLE "numbers" (
	"kind" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"last" integer NOT NULL,
	CONSTRAINT "numbers_kind_unit_id_year_pk" PRIMARY KEY("kind","unit_id","year")
);
--> statement-breakpoint
CREATE TABLE "absences" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	"deputy_id" uuid,
	"entered_by_other_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "acting_roles" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"unit_id" uuid NOT NULL,
	"role" text NOT NULL,
	"kind" text NOT NULL,
	"order_number" text NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"begun_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_hash" text NOT NULL,
	"name" text NOT NULL,
	"account_id" uuid,
	"unit_id" uuid NOT NULL,
	"scopes" text[] NOT NULL,
	"waiting" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_tokens_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "password_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"mailed_to" text,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "provider_identities" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"linked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "provider_identities_subject" UNIQUE("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"account_id" uuid NOT NULL,
	"unit_id" uuid NOT NULL,
	"role" text NOT NULL,
	"acting_id" uuid,
	CONSTRAINT "roles_account_id_unit_id_role_pk" PRIMARY KEY("account_id","unit_id","role")
);
--> statement-breakpoint
CREATE TABLE "second_factors" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"enrolled_at" timestamp with time zone,
	"last_step" integer DEFAULT 0 NOT NULL,
	"recovery_hashes" text[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"device" text DEFAULT '' NOT NULL,
	"confirmed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rating_contests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"rating_id" uuid NOT NULL,
	"officer_id" uuid NOT NULL,
	"words" text NOT NULL,
	"contested_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"answer" text,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	CONSTRAINT "rating_contests_ratingId_unique" UNIQUE("rating_id")
);
--> statement-breakpoint
CREATE TABLE "rating_daily" (
	"key" text PRIMARY KEY NOT NULL,
	"unit_id" uuid NOT NULL,
	"officer_id" uuid,
	"service" text,
	"day" date NOT NULL,
	"c1" bigint DEFAULT 0 NOT NULL,
	"c2" bigint DEFAULT 0 NOT NULL,
	"c3" bigint DEFAULT 0 NOT NULL,
	"c4" bigint DEFAULT 0 NOT NULL,
	"c5" bigint DEFAULT 0 NOT NULL,
	"verified" bigint DEFAULT 0 NOT NULL,
	"visit" bigint DEFAULT 0 NOT NULL,
	"kiosk" bigint DEFAULT 0 NOT NULL,
	"place" bigint DEFAULT 0 NOT NULL,
	"web" bigint DEFAULT 0 NOT NULL,
	"api" bigint DEFAULT 0 NOT NULL,
	"courtesy_n" bigint DEFAULT 0 NOT NULL,
	"courtesy_sum" bigint DEFAULT 0 NOT NULL,
	"speed_n" bigint DEFAULT 0 NOT NULL,
	"speed_sum" bigint DEFAULT 0 NOT NULL,
	"knowledge_n" bigint DEFAULT 0 NOT NULL,
	"knowledge_sum" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rating_decisions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"rating_id" uuid NOT NULL,
	"move" text NOT NULL,
	"reason" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "rating_monthly" (
	"key" text PRIMARY KEY NOT NULL,
	"unit_id" uuid NOT NULL,
	"officer_id" uuid,
	"service" text,
	"month" date NOT NULL,
	"c1" bigint DEFAULT 0 NOT NULL,
	"c2" bigint DEFAULT 0 NOT NULL,
	"c3" bigint DEFAULT 0 NOT NULL,
	"c4" bigint DEFAULT 0 NOT NULL,
	"c5" bigint DEFAULT 0 NOT NULL,
	"verified" bigint DEFAULT 0 NOT NULL,
	"visit" bigint DEFAULT 0 NOT NULL,
	"kiosk" bigint DEFAULT 0 NOT NULL,
	"place" bigint DEFAULT 0 NOT NULL,
	"web" bigint DEFAULT 0 NOT NULL,
	"api" bigint DEFAULT 0 NOT NULL,
	"courtesy_n" bigint DEFAULT 0 NOT NULL,
	"courtesy_sum" bigint DEFAULT 0 NOT NULL,
	"speed_n" bigint DEFAULT 0 NOT NULL,
	"speed_sum" bigint DEFAULT 0 NOT NULL,
	"knowledge_n" bigint DEFAULT 0 NOT NULL,
	"knowledge_sum" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ratings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"officer_id" uuid,
	"place_id" uuid,
	"service" text,
	"score" smallint NOT NULL,
	"courtesy" smallint,
	"speed" smallint,
	"knowledge" smallint,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"comment" text,
	"source" text NOT NULL,
	"verified" boolean DEFAULT false NOT NULL,
	"day" date NOT NULL,
	"state" text DEFAULT 'counted' NOT NULL,
	"state_reason" text,
	"signals" text[] DEFAULT '{}' NOT NULL,
	"comment_hash" text,
	"comment_flags" text[] DEFAULT '{}' NOT NULL,
	"state_by" uuid,
	"decided_late" boolean DEFAULT false NOT NULL,
	"submission_hash" text NOT NULL,
	"content_hash" text NOT NULL,
	CONSTRAINT "ratings_submissionHash_unique" UNIQUE("submission_hash")
);
--> statement-breakpoint
CREATE TABLE "case_moves" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "case_moves_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"case_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"channel" text NOT NULL,
	"sealed" boolean NOT NULL,
	"move" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clock_outcomes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "clock_outcomes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"case_id" bigint NOT NULL,
	"clock_id" uuid NOT NULL,
	"unit_id" uuid NOT NULL,
	"name" text NOT NULL,
	"day_unit" text NOT NULL,
	"started_on" date NOT NULL,
	"ended_on" date NOT NULL,
	"paused_days" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone,
	"late" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "follow_ups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"scope" text NOT NULL,
	"period" text NOT NULL,
	"root_cause" text NOT NULL,
	"action" text NOT NULL,
	"who" text NOT NULL,
	"due_on" date NOT NULL,
	"done_on" date,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "late_causes" (
	"case_id" bigint PRIMARY KEY NOT NULL,
	"cause" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "public_figures" (
	"unit_id" uuid NOT NULL,
	"quarter" text NOT NULL,
	"figures" jsonb NOT NULL,
	CONSTRAINT "public_figures_unit_id_quarter_pk" PRIMARY KEY("unit_id","quarter")
);
--> statement-breakpoint
CREATE TABLE "public_pages" (
	"unit_id" uuid PRIMARY KEY NOT NULL,
	"active" boolean DEFAULT false NOT NULL,
	"changes" text
);
--> statement-breakpoint
CREATE TABLE "recaps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"scope" text NOT NULL,
	"period" text NOT NULL,
	"version" integer NOT NULL,
	"year" integer NOT NULL,
	"number" integer NOT NULL,
	"figures" jsonb NOT NULL,
	"reason" text,
	"filed_by" uuid,
	"signer" jsonb NOT NULL,
	"filed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "destruction_items" (
	"destruction_id" uuid NOT NULL,
	"part" text NOT NULL,
	"subject_id" text NOT NULL,
	"kind" text NOT NULL,
	"unit_id" uuid,
	"received_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"months" integer NOT NULL,
	"jra_code" text NOT NULL,
	"kept" text,
	"kept_reason" text,
	"destroyed_at" timestamp with time zone,
	CONSTRAINT "destruction_items_destruction_id_part_subject_id_pk" PRIMARY KEY("destruction_id","part","subject_id")
);
--> statement-breakpoint
CREATE TABLE "destructions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"number" integer NOT NULL,
	"state" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"decree_number" text,
	"decree_on" date,
	"dry_run" jsonb,
	"record_number" text,
	"record_on" date,
	"legal_witness" jsonb,
	"supervision_witness" jsonb,
	"first_by" uuid,
	"first_at" timestamp with time zone,
	"second_by" uuid,
	"second_at" timestamp with time zone,
	"carried_out_at" timestamp with time zone,
	"cancel_reason" text,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_holds" (
	"case_id" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "retention_rules" (
	"part" text NOT NULL,
	"kind" text NOT NULL,
	"months" integer NOT NULL,
	"basis" text NOT NULL,
	"jra_code" text,
	"suggested" boolean DEFAULT true NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "retention_rules_part_kind_pk" PRIMARY KEY("part","kind")
);
--> statement-breakpoint
CREATE TABLE "tombstones" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tombstones_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"part" text NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"reference" text,
	"received_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"destroyed_at" timestamp with time zone NOT NULL,
	"months" integer NOT NULL,
	"jra_code" text NOT NULL,
	"destruction_id" uuid NOT NULL,
	"decree_number" text NOT NULL,
	"decree_on" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "case_search" (
	"case_id" bigint PRIMARY KEY NOT NULL,
	"document" "tsvector" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_words" (
	"word" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_progress" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "skm_offices" (
	"unit_id" uuid PRIMARY KEY NOT NULL,
	"decision_number" text NOT NULL,
	"decided_on" date NOT NULL,
	"other_survey_url" text,
	"active" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "skm_publications" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	"respondents" integer NOT NULL,
	"figures" jsonb NOT NULL,
	"decision_number" text NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "skm_responses" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"service" text,
	"u1" smallint NOT NULL,
	"u2" smallint NOT NULL,
	"u3" smallint NOT NULL,
	"u4" smallint NOT NULL,
	"u5" smallint NOT NULL,
	"u6" smallint NOT NULL,
	"u7" smallint NOT NULL,
	"u8" smallint NOT NULL,
	"u9" smallint NOT NULL,
	"sex" text,
	"age" text,
	"education" text,
	"occupation" text,
	"suggestion" text,
	"day" date NOT NULL,
	"state" text DEFAULT 'counted' NOT NULL,
	"state_reason" text,
	"state_by" uuid,
	"submission_hash" text NOT NULL,
	"content_hash" text NOT NULL,
	CONSTRAINT "skm_responses_submissionHash_unique" UNIQUE("submission_hash")
);
--> statement-breakpoint
CREATE TABLE "category_words" (
	"category" text PRIMARY KEY NOT NULL,
	"words" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "routing_rules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"name" text NOT NULL,
	"position" integer NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"kind" text,
	"category" text,
	"place_id" uuid,
	"service" text,
	"channel" text,
	"words" text[] DEFAULT '{}' NOT NULL,
	"assign" text NOT NULL,
	"handler_id" uuid,
	"group_id" uuid,
	"priority" text
);
--> statement-breakpoint
CREATE TABLE "kiosks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "kiosks_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"place_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"link_expires_at" timestamp with time zone NOT NULL,
	"paired_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	"mode" text DEFAULT 'tablet' NOT NULL,
	"desk_id" uuid,
	"pin_hash" text NOT NULL,
	"public_key" jsonb,
	"seen_at" timestamp with time zone,
	CONSTRAINT "kiosks_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "officers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"name" text NOT NULL,
	"position" text,
	"nicknames" text[] DEFAULT '{}' NOT NULL,
	"account_id" uuid,
	"photo_key" text,
	"photo_consent_at" timestamp with time zone,
	"active" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "place_scans" (
	"place_id" uuid NOT NULL,
	"day" date NOT NULL,
	"count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "place_scans_place_id_day_pk" PRIMARY KEY("place_id","day")
);
--> statement-breakpoint
CREATE TABLE "places" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"officer_id" uuid,
	"sheet_no" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"replaced_by" uuid,
	CONSTRAINT "places_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "roster_shifts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"place_id" uuid NOT NULL,
	"officer_id" uuid NOT NULL,
	"weekday" smallint,
	"day" date,
	"starts_at" text NOT NULL,
	"ends_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "services" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"name_en" text NOT NULL,
	"standard" jsonb,
	"active" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "units" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"code" text NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"parent_id" uuid,
	"path" text NOT NULL,
	"time_zone" text DEFAULT 'Asia/Makassar' NOT NULL,
	"hours" jsonb NOT NULL,
	"accent" text DEFAULT '#0b5cad' NOT NULL,
	"logo" jsonb,
	"address" text,
	"phone" text,
	"whatsapp" text,
	"email" text,
	"website" text,
	"responsible" text,
	"head_officer_id" uuid,
	"privacy_account_id" uuid,
	"privacy_name" text,
	"privacy_contact" text,
	"record_all_at_lapor" boolean DEFAULT false NOT NULL,
	"lapor_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"links" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"guest_book_hidden" boolean DEFAULT false NOT NULL,
	"inbound_hidden" boolean DEFAULT false NOT NULL,
	"rating_faces" boolean DEFAULT false NOT NULL,
	"state" text DEFAULT 'new' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "units_code_unique" UNIQUE("code"),
	CONSTRAINT "units_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "visits" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"unit_id" uuid NOT NULL,
	"service" text,
	"officer_id" uuid,
	"channel" text NOT NULL,
	"external_ref" text,
	"purpose" text,
	"place_id" uuid,
	"begun_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"made_by_device" text,
	"opened_by_maker" boolean DEFAULT false NOT NULL,
	"opened_too_soon" boolean DEFAULT false NOT NULL,
	"content_hash" text,
	"token_hash" text NOT NULL,
	"day" date NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"used_on" date,
	CONSTRAINT "visits_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
ALTER TABLE "access_changes" ADD CONSTRAINT "access_changes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_changes" ADD CONSTRAINT "access_changes_requested_by_accounts_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_changes" ADD CONSTRAINT "access_changes_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer_templates" ADD CONSTRAINT "answer_templates_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "letters" ADD CONSTRAINT "letters_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "letters" ADD CONSTRAINT "letters_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "letters" ADD CONSTRAINT "letters_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backups" ADD CONSTRAINT "backups_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_letters" ADD CONSTRAINT "breach_letters_breach_id_breaches_id_fk" FOREIGN KEY ("breach_id") REFERENCES "public"."breaches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_letters" ADD CONSTRAINT "breach_letters_sent_by_accounts_id_fk" FOREIGN KEY ("sent_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_subjects" ADD CONSTRAINT "breach_subjects_breach_id_breaches_id_fk" FOREIGN KEY ("breach_id") REFERENCES "public"."breaches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_subjects" ADD CONSTRAINT "breach_subjects_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_subjects" ADD CONSTRAINT "breach_subjects_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_subjects" ADD CONSTRAINT "breach_subjects_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breaches" ADD CONSTRAINT "breaches_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_duplicate_of_cases_id_fk" FOREIGN KEY ("duplicate_of") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_approval_id_approvals_id_fk" FOREIGN KEY ("approval_id") REFERENCES "public"."approvals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_officers" ADD CONSTRAINT "case_officers_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_officers" ADD CONSTRAINT "case_officers_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_officers" ADD CONSTRAINT "case_officers_removal_by_accounts_id_fk" FOREIGN KEY ("removal_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_handling_unit_id_units_id_fk" FOREIGN KEY ("handling_unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_assignee_id_accounts_id_fk" FOREIGN KEY ("assignee_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_opened_by_accounts_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_main_case_id_cases_id_fk" FOREIGN KEY ("main_case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_split_from_id_cases_id_fk" FOREIGN KEY ("split_from_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "timeline" ADD CONSTRAINT "timeline_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "timeline" ADD CONSTRAINT "timeline_actor_id_accounts_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incoming_files" ADD CONSTRAINT "incoming_files_message_id_incoming_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."incoming_messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incoming_messages" ADD CONSTRAINT "incoming_messages_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incoming_messages" ADD CONSTRAINT "incoming_messages_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incoming_messages" ADD CONSTRAINT "incoming_messages_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incoming_messages" ADD CONSTRAINT "incoming_messages_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outgoing_messages" ADD CONSTRAINT "outgoing_messages_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outgoing_messages" ADD CONSTRAINT "outgoing_messages_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outgoing_messages" ADD CONSTRAINT "outgoing_messages_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outgoing_messages" ADD CONSTRAINT "outgoing_messages_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_messages" ADD CONSTRAINT "push_messages_subscription_id_push_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."push_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quiet_hours" ADD CONSTRAINT "quiet_hours_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clarifications" ADD CONSTRAINT "clarifications_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clarifications" ADD CONSTRAINT "clarifications_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clarifications" ADD CONSTRAINT "clarifications_asked_by_accounts_id_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clocks" ADD CONSTRAINT "clocks_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pauses" ADD CONSTRAINT "pauses_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_recorded_by_accounts_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_requests" ADD CONSTRAINT "data_requests_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_requests" ADD CONSTRAINT "data_requests_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_requests" ADD CONSTRAINT "data_requests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_requests" ADD CONSTRAINT "data_requests_recorded_by_accounts_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_requests" ADD CONSTRAINT "data_requests_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_exports" ADD CONSTRAINT "case_exports_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalation_attempts" ADD CONSTRAINT "escalation_attempts_escalation_id_escalations_id_fk" FOREIGN KEY ("escalation_id") REFERENCES "public"."escalations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalation_files" ADD CONSTRAINT "escalation_files_escalation_id_escalations_id_fk" FOREIGN KEY ("escalation_id") REFERENCES "public"."escalations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalation_files" ADD CONSTRAINT "escalation_files_attachment_id_attachments_id_fk" FOREIGN KEY ("attachment_id") REFERENCES "public"."attachments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalation_followups" ADD CONSTRAINT "escalation_followups_escalation_id_escalations_id_fk" FOREIGN KEY ("escalation_id") REFERENCES "public"."escalations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalation_updates" ADD CONSTRAINT "escalation_updates_escalation_id_escalations_id_fk" FOREIGN KEY ("escalation_id") REFERENCES "public"."escalations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_created_by_accounts_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_entered_by_accounts_id_fk" FOREIGN KEY ("entered_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbound_reports" ADD CONSTRAINT "inbound_reports_answer_entered_by_accounts_id_fk" FOREIGN KEY ("answer_entered_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lapor_status_names" ADD CONSTRAINT "lapor_status_names_mapped_by_accounts_id_fk" FOREIGN KEY ("mapped_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_closings" ADD CONSTRAINT "mail_closings_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_choices" ADD CONSTRAINT "notice_choices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reporter_mail" ADD CONSTRAINT "reporter_mail_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "due_notices" ADD CONSTRAINT "due_notices_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "numbers" ADD CONSTRAINT "numbers_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_deputy_id_accounts_id_fk" FOREIGN KEY ("deputy_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acting_roles" ADD CONSTRAINT "acting_roles_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acting_roles" ADD CONSTRAINT "acting_roles_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_links" ADD CONSTRAINT "password_links_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_identities" ADD CONSTRAINT "provider_identities_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_acting_id_acting_roles_id_fk" FOREIGN KEY ("acting_id") REFERENCES "public"."acting_roles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_factors" ADD CONSTRAINT "second_factors_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_contests" ADD CONSTRAINT "rating_contests_rating_id_ratings_id_fk" FOREIGN KEY ("rating_id") REFERENCES "public"."ratings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_contests" ADD CONSTRAINT "rating_contests_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_contests" ADD CONSTRAINT "rating_contests_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD CONSTRAINT "rating_daily_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_daily" ADD CONSTRAINT "rating_daily_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_rating_id_ratings_id_fk" FOREIGN KEY ("rating_id") REFERENCES "public"."ratings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_proposed_by_accounts_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_decisions" ADD CONSTRAINT "rating_decisions_decided_by_accounts_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD CONSTRAINT "rating_monthly_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rating_monthly" ADD CONSTRAINT "rating_monthly_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ratings" ADD CONSTRAINT "ratings_state_by_accounts_id_fk" FOREIGN KEY ("state_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_moves" ADD CONSTRAINT "case_moves_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_moves" ADD CONSTRAINT "case_moves_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_outcomes" ADD CONSTRAINT "clock_outcomes_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_outcomes" ADD CONSTRAINT "clock_outcomes_clock_id_clocks_id_fk" FOREIGN KEY ("clock_id") REFERENCES "public"."clocks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_outcomes" ADD CONSTRAINT "clock_outcomes_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follow_ups" ADD CONSTRAINT "follow_ups_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "late_causes" ADD CONSTRAINT "late_causes_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "public_figures" ADD CONSTRAINT "public_figures_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "public_pages" ADD CONSTRAINT "public_pages_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recaps" ADD CONSTRAINT "recaps_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recaps" ADD CONSTRAINT "recaps_filed_by_accounts_id_fk" FOREIGN KEY ("filed_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destruction_items" ADD CONSTRAINT "destruction_items_destruction_id_destructions_id_fk" FOREIGN KEY ("destruction_id") REFERENCES "public"."destructions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destruction_items" ADD CONSTRAINT "destruction_items_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destructions" ADD CONSTRAINT "destructions_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destructions" ADD CONSTRAINT "destructions_first_by_accounts_id_fk" FOREIGN KEY ("first_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "destructions" ADD CONSTRAINT "destructions_second_by_accounts_id_fk" FOREIGN KEY ("second_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_search" ADD CONSTRAINT "case_search_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_offices" ADD CONSTRAINT "skm_offices_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_publications" ADD CONSTRAINT "skm_publications_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_responses" ADD CONSTRAINT "skm_responses_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skm_responses" ADD CONSTRAINT "skm_responses_state_by_accounts_id_fk" FOREIGN KEY ("state_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_rules" ADD CONSTRAINT "routing_rules_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_rules" ADD CONSTRAINT "routing_rules_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_rules" ADD CONSTRAINT "routing_rules_handler_id_accounts_id_fk" FOREIGN KEY ("handler_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_rules" ADD CONSTRAINT "routing_rules_group_id_units_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kiosks" ADD CONSTRAINT "kiosks_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kiosks" ADD CONSTRAINT "kiosks_desk_id_places_id_fk" FOREIGN KEY ("desk_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "officers" ADD CONSTRAINT "officers_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "officers" ADD CONSTRAINT "officers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "place_scans" ADD CONSTRAINT "place_scans_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "places" ADD CONSTRAINT "places_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "places" ADD CONSTRAINT "places_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "places" ADD CONSTRAINT "places_replaced_by_places_id_fk" FOREIGN KEY ("replaced_by") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roster_shifts" ADD CONSTRAINT "roster_shifts_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roster_shifts" ADD CONSTRAINT "roster_shifts_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "units" ADD CONSTRAINT "units_parent_id_units_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "units" ADD CONSTRAINT "units_privacy_account_id_accounts_id_fk" FOREIGN KEY ("privacy_account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_officer_id_officers_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_place_id_places_id_fk" FOREIGN KEY ("place_id") REFERENCES "public"."places"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_created_by_accounts_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "access_changes_waiting" ON "access_changes" USING btree ("account_id","kind","target") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "access_changes_due" ON "access_changes" USING btree ("takes_effect_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "access_changes_unnotified" ON "access_changes" USING btree ("id") WHERE notified_of is distinct from state;--> statement-breakpoint
CREATE INDEX "access_changes_account" ON "access_changes" USING btree ("account_id","requested_at");--> statement-breakpoint
CREATE INDEX "answer_templates_unit" ON "answer_templates" USING btree ("unit_id","use");--> statement-breakpoint
CREATE UNIQUE INDEX "letters_number" ON "letters" USING btree ("unit_id","year","number");--> statement-breakpoint
CREATE INDEX "letters_case" ON "letters" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "audit_entries_unit" ON "audit_entries" USING btree ("unit_id","id");--> statement-breakpoint
CREATE INDEX "audit_entries_action" ON "audit_entries" USING btree ("action" text_pattern_ops,"id");--> statement-breakpoint
CREATE INDEX "audit_entries_actor" ON "audit_entries" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "audit_entries_subject" ON "audit_entries" USING btree ("subject","id");--> statement-breakpoint
CREATE INDEX "audit_entries_record" ON "audit_entries" USING btree ((after ->> 'record')) WHERE after ->> 'record' is not null;--> statement-breakpoint
CREATE INDEX "audit_entries_at" ON "audit_entries" USING btree ("at");--> statement-breakpoint
CREATE INDEX "backups_asked" ON "backups" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "backups_occasion" ON "backups" USING btree ("occasion","asked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "breach_subjects_case" ON "breach_subjects" USING btree ("case_id","breach_id");--> statement-breakpoint
CREATE UNIQUE INDEX "breach_subjects_account" ON "breach_subjects" USING btree ("breach_id","account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "breach_subjects_officer" ON "breach_subjects" USING btree ("breach_id","officer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "breach_subjects_described" ON "breach_subjects" USING btree ("breach_id","described");--> statement-breakpoint
CREATE INDEX "breach_subjects_list" ON "breach_subjects" USING btree ("breach_id","added_at","id");--> statement-breakpoint
CREATE INDEX "breach_subjects_untold" ON "breach_subjects" USING btree ("breach_id","id") WHERE told_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "breaches_number" ON "breaches" USING btree ("unit_id","year","number");--> statement-breakpoint
CREATE INDEX "breaches_list" ON "breaches" USING btree ("known_at","id");--> statement-breakpoint
CREATE INDEX "approvals_duplicate" ON "approvals" USING btree ("duplicate_of");--> statement-breakpoint
CREATE INDEX "approvals_pending" ON "approvals" USING btree ("at","id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "approvals_single" ON "approvals" USING btree ("at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE single_signature;--> statement-breakpoint
CREATE INDEX "approvals_case" ON "approvals" USING btree ("case_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "approvals_one_open" ON "approvals" USING btree ("case_id") WHERE state in ('pending', 'sent_back');--> statement-breakpoint
CREATE INDEX "attachments_case" ON "attachments" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "attachments_message" ON "attachments" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "attachments_approval" ON "attachments" USING btree ("approval_id") WHERE approval_id is not null;--> statement-breakpoint
CREATE INDEX "case_officers_officer" ON "case_officers" USING btree ("officer_id");--> statement-breakpoint
CREATE INDEX "cases_due" ON "cases" USING btree ("due_at",(case when due_at is null then -id else id end),"id","handling_unit_id","restricted");--> statement-breakpoint
CREATE INDEX "cases_status" ON "cases" USING btree ("status","due_at",(case when due_at is null then -id else id end));--> statement-breakpoint
CREATE INDEX "cases_inbox" ON "cases" USING btree ("handling_unit_id","status","due_at",(case when due_at is null then -id else id end));--> statement-breakpoint
CREATE INDEX "cases_unit" ON "cases" USING btree ("unit_id","status","due_at",(case when due_at is null then -id else id end));--> statement-breakpoint
CREATE INDEX "cases_open" ON "cases" USING btree ("due_at",(case when due_at is null then -id else id end),"id","handling_unit_id","restricted","assignee_id") WHERE (status in ('received', 'verified', 'in_progress', 'needs_info')) is true;--> statement-breakpoint
CREATE INDEX "cases_open_assignee" ON "cases" USING btree ("assignee_id","due_at",(case when due_at is null then -id else id end),"id","handling_unit_id","restricted") WHERE (status in ('received', 'verified', 'in_progress', 'needs_info')) is true;--> statement-breakpoint
CREATE INDEX "cases_objection" ON "cases" USING btree ("due_at",(case when due_at is null then -id else id end),"id","handling_unit_id","restricted","status") WHERE objection_at is not null;--> statement-breakpoint
CREATE INDEX "cases_received" ON "cases" USING btree ("unit_id","received_at");--> statement-breakpoint
CREATE INDEX "cases_counted" ON "cases" USING btree ("id","unit_id","handling_unit_id","restricted","service","received_at");--> statement-breakpoint
CREATE INDEX "cases_opened" ON "cases" USING btree ("unit_id","opened_at");--> statement-breakpoint
CREATE INDEX "cases_assignee" ON "cases" USING btree ("assignee_id","due_at",(case when due_at is null then -id else id end));--> statement-breakpoint
CREATE INDEX "cases_place" ON "cases" USING btree ("place_id","id");--> statement-breakpoint
CREATE INDEX "cases_main" ON "cases" USING btree ("main_case_id");--> statement-breakpoint
CREATE INDEX "cases_split" ON "cases" USING btree ("split_from_id") WHERE split_from_id is not null;--> statement-breakpoint
CREATE INDEX "cases_reporter" ON "cases" USING btree ("reporter_hash","id") WHERE reporter_hash is not null;--> statement-breakpoint
CREATE INDEX "cases_forwarded" ON "cases" USING btree ("handling_unit_id","id") WHERE has_forward;--> statement-breakpoint
CREATE INDEX "cases_unrecorded" ON "cases" USING btree ("unit_id","received_at") WHERE kind = 'complaint' and channel <> 'lapor' and status not in ('received', 'archived')
				and category is distinct from 'integrity' and (escalation_state is null or escalation_state = 'rejected');--> statement-breakpoint
CREATE INDEX "messages_case" ON "messages" USING btree ("case_id","at");--> statement-breakpoint
CREATE INDEX "timeline_counted" ON "timeline" USING btree ("type","at","case_id") WHERE type in ('rated', 'archived', 'undelivered');--> statement-breakpoint
CREATE UNIQUE INDEX "connections_unit" ON "connections" USING btree ("unit_id","channel") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "conversations_list" ON "conversations" USING btree ("unit_id","state","first_at","id");--> statement-breakpoint
CREATE INDEX "conversations_sender" ON "conversations" USING btree ("connection_id","sender_hash","last_at");--> statement-breakpoint
CREATE INDEX "conversations_case" ON "conversations" USING btree ("case_id") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "conversations_alarm" ON "conversations" USING btree ("first_at") WHERE state = 'waiting' and alarmed_at is null;--> statement-breakpoint
CREATE INDEX "incoming_files_message" ON "incoming_files" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "incoming_messages_conversation" ON "incoming_messages" USING btree ("conversation_id","sent_at");--> statement-breakpoint
CREATE INDEX "incoming_messages_external" ON "incoming_messages" USING btree ("external_id");--> statement-breakpoint
CREATE INDEX "incoming_messages_case" ON "incoming_messages" USING btree ("case_id") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "incoming_messages_open" ON "incoming_messages" USING btree ("received_at") WHERE state in ('stored', 'failed');--> statement-breakpoint
CREATE INDEX "incoming_messages_machine" ON "incoming_messages" USING btree ("unit_id","received_at") WHERE state = 'machine';--> statement-breakpoint
CREATE INDEX "outgoing_messages_due" ON "outgoing_messages" USING btree ("next_attempt_at") WHERE state in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "outgoing_messages_connection" ON "outgoing_messages" USING btree ("connection_id","created_at");--> statement-breakpoint
CREATE INDEX "outgoing_messages_undecided" ON "outgoing_messages" USING btree ("connection_id") WHERE state in ('failed', 'unknown') and decided_at is null;--> statement-breakpoint
CREATE INDEX "outgoing_messages_external" ON "outgoing_messages" USING btree ("external_id");--> statement-breakpoint
CREATE INDEX "outgoing_messages_conversation" ON "outgoing_messages" USING btree ("conversation_id","created_at");--> statement-breakpoint
CREATE INDEX "outgoing_messages_case" ON "outgoing_messages" USING btree ("case_id") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "push_messages_due" ON "push_messages" USING btree ("next_attempt_at");--> statement-breakpoint
CREATE INDEX "push_messages_expired" ON "push_messages" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "push_subscriptions_account" ON "push_subscriptions" USING btree ("account_id","endpoint_hash") WHERE account_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "push_subscriptions_case" ON "push_subscriptions" USING btree ("case_id","endpoint_hash") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "clarifications_case" ON "clarifications" USING btree ("case_id","asked_at");--> statement-breakpoint
CREATE INDEX "clarifications_officer" ON "clarifications" USING btree ("officer_id","asked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "clarifications_one_open" ON "clarifications" USING btree ("case_id","officer_id") WHERE state = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "clocks_case_name" ON "clocks" USING btree ("case_id","name","run");--> statement-breakpoint
CREATE INDEX "clocks_counted" ON "clocks" USING btree ("case_id","name","due_at","state") WHERE state in ('running', 'paused') and name <> 'reporter_turn';--> statement-breakpoint
CREATE INDEX "clocks_due" ON "clocks" USING btree ("due_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "clocks_notify" ON "clocks" USING btree ("notify_at","id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "clocks_pressing" ON "clocks" USING btree ("warn_at") WHERE state = 'running' and name <> 'reporter_turn';--> statement-breakpoint
CREATE INDEX "clocks_warned" ON "clocks" USING btree ("due_at","warn_at","case_id") WHERE state = 'running' and name <> 'reporter_turn';--> statement-breakpoint
CREATE INDEX "pauses_case" ON "pauses" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "consents_case" ON "consents" USING btree ("case_id","id");--> statement-breakpoint
CREATE INDEX "consents_officer" ON "consents" USING btree ("officer_id","id");--> statement-breakpoint
CREATE INDEX "data_requests_decided" ON "data_requests" USING btree ("decided_at","id");--> statement-breakpoint
CREATE INDEX "data_requests_unit" ON "data_requests" USING btree ("unit_id","state");--> statement-breakpoint
CREATE INDEX "data_requests_account" ON "data_requests" USING btree ("account_id") WHERE account_id is not null;--> statement-breakpoint
CREATE INDEX "data_requests_case" ON "data_requests" USING btree ("case_id") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "data_requests_waiting" ON "data_requests" USING btree ("due_at") WHERE state in ('confirming', 'open');--> statement-breakpoint
CREATE UNIQUE INDEX "data_requests_one_open" ON "data_requests" USING btree ("case_id","kind") WHERE state in ('confirming', 'open');--> statement-breakpoint
CREATE INDEX "case_exports_account" ON "case_exports" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "case_exports_created" ON "case_exports" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "case_exports_one_open" ON "case_exports" USING btree ("account_id") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX "presences_until" ON "presences" USING btree ("until");--> statement-breakpoint
CREATE UNIQUE INDEX "saved_views_name" ON "saved_views" USING btree ("account_id","name");--> statement-breakpoint
CREATE INDEX "saved_views_order" ON "saved_views" USING btree ("account_id","position");--> statement-breakpoint
CREATE INDEX "escalation_attempts_row" ON "escalation_attempts" USING btree ("escalation_id","id");--> statement-breakpoint
CREATE INDEX "escalation_files_attachment" ON "escalation_files" USING btree ("attachment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "escalation_followups_seq" ON "escalation_followups" USING btree ("escalation_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "escalation_followups_once" ON "escalation_followups" USING btree ("escalation_id","event_seq","part");--> statement-breakpoint
CREATE INDEX "escalation_followups_due" ON "escalation_followups" USING btree ("escalation_id") WHERE state in ('waiting', 'sending');--> statement-breakpoint
CREATE UNIQUE INDEX "escalation_updates_once" ON "escalation_updates" USING btree ("escalation_id","remote_key");--> statement-breakpoint
CREATE INDEX "escalation_updates_mapping" ON "escalation_updates" USING btree ("status_name") WHERE needs_mapping;--> statement-breakpoint
CREATE UNIQUE INDEX "escalations_case_nn" ON "escalations" USING btree ("case_id","nn");--> statement-breakpoint
CREATE UNIQUE INDEX "escalations_one_open" ON "escalations" USING btree ("case_id") WHERE state not in ('rejected', 'closed');--> statement-breakpoint
CREATE INDEX "escalations_state" ON "escalations" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "escalations_newest" ON "escalations" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "escalations_sent" ON "escalations" USING btree ("sent_at") WHERE sent_at is not null;--> statement-breakpoint
CREATE INDEX "escalations_due" ON "escalations" USING btree ("next_attempt_at") WHERE state in ('waiting', 'stuck', 'sending');--> statement-breakpoint
CREATE INDEX "escalations_poll" ON "escalations" USING btree ("next_poll_at") WHERE next_poll_at is not null;--> statement-breakpoint
CREATE INDEX "escalations_lookup" ON "escalations" USING btree ("next_lookup_at") WHERE next_lookup_at is not null;--> statement-breakpoint
CREATE INDEX "escalations_task" ON "escalations" USING btree ("task_at") WHERE task is not null;--> statement-breakpoint
CREATE INDEX "escalations_quiet" ON "escalations" USING btree (coalesce(lapor_news_at, sent_at)) WHERE state = 'sent';--> statement-breakpoint
CREATE INDEX "escalations_lapor" ON "escalations" USING btree ("lapor_id");--> statement-breakpoint
CREATE INDEX "inbound_reports_unit" ON "inbound_reports" USING btree ("unit_id","entered_at");--> statement-breakpoint
CREATE INDEX "inbound_reports_case" ON "inbound_reports" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "inbound_reports_answer_missing" ON "inbound_reports" USING btree ("unit_id") WHERE answer_entered_at is null;--> statement-breakpoint
CREATE INDEX "mails_due" ON "mails" USING btree ("next_attempt_at") WHERE state in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "mails_created" ON "mails" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "mails_state" ON "mails" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "mails_unit" ON "mails" USING btree ("unit_id","state","created_at","id");--> statement-breakpoint
CREATE INDEX "mails_case" ON "mails" USING btree ("case_id") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "mails_conversation" ON "mails" USING btree ("conversation_id") WHERE conversation_id is not null;--> statement-breakpoint
CREATE INDEX "mails_undecided" ON "mails" USING btree ("state","unit_id") WHERE state in ('failed', 'unknown') and decided_at is null;--> statement-breakpoint
CREATE INDEX "mails_test" ON "mails" USING btree ("account_id","created_at") WHERE kind = 'test';--> statement-breakpoint
CREATE INDEX "due_notices_at" ON "due_notices" USING btree ("at");--> statement-breakpoint
CREATE INDEX "notices_list" ON "notices" USING btree ("account_id","at","id");--> statement-breakpoint
CREATE INDEX "notices_of_case" ON "notices" USING btree ("account_id","case_id","at","id");--> statement-breakpoint
CREATE INDEX "notices_unread" ON "notices" USING btree ("account_id") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "notices_case" ON "notices" USING btree ("case_id") WHERE case_id is not null;--> statement-breakpoint
CREATE INDEX "notices_age" ON "notices" USING btree ("at");--> statement-breakpoint
CREATE INDEX "notices_running" ON "notices" USING btree ("kind") WHERE kind in ('site_trouble', 'office_without_readers', 'case_unattended') and data ->> 'ended' is null;--> statement-breakpoint
CREATE INDEX "notices_recovered" ON "notices" USING btree ("at") WHERE kind = 'site_recovered';--> statement-breakpoint
CREATE INDEX "notices_tasks" ON "notices" USING btree ("kind") WHERE kind in ('decree_missing', 'recap_due', 'recap_overdue') and read_at is null;--> statement-breakpoint
CREATE INDEX "absences_account" ON "absences" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "absences_deputy" ON "absences" USING btree ("deputy_id");--> statement-breakpoint
CREATE INDEX "acting_roles_account" ON "acting_roles" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "acting_roles_open" ON "acting_roles" USING btree ("ends_at") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "roles_unit" ON "roles" USING btree ("unit_id");--> statement-breakpoint
CREATE INDEX "sessions_account" ON "sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rating_contests_officer" ON "rating_contests" USING btree ("officer_id");--> statement-breakpoint
CREATE INDEX "rating_contests_pending" ON "rating_contests" USING btree ("contested_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "rating_daily_unit" ON "rating_daily" USING btree ("unit_id","service","day");--> statement-breakpoint
CREATE INDEX "rating_daily_officer" ON "rating_daily" USING btree ("officer_id","service","day");--> statement-breakpoint
CREATE INDEX "rating_decisions_rating" ON "rating_decisions" USING btree ("rating_id");--> statement-breakpoint
CREATE INDEX "rating_decisions_pending" ON "rating_decisions" USING btree ("unit_id","proposed_at") WHERE state = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "rating_decisions_one_pending" ON "rating_decisions" USING btree ("rating_id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "rating_monthly_unit" ON "rating_monthly" USING btree ("unit_id","service","month");--> statement-breakpoint
CREATE INDEX "rating_monthly_officer" ON "rating_monthly" USING btree ("officer_id","service","month");--> statement-breakpoint
CREATE INDEX "ratings_officer" ON "ratings" USING btree ("officer_id","day","score","state");--> statement-breakpoint
CREATE INDEX "ratings_commented" ON "ratings" USING btree ("officer_id","day") WHERE comment is not null;--> statement-breakpoint
CREATE INDEX "ratings_decided_late" ON "ratings" USING btree ("officer_id","day") WHERE decided_late;--> statement-breakpoint
CREATE INDEX "ratings_unit" ON "ratings" USING btree ("unit_id","day");--> statement-breakpoint
CREATE INDEX "ratings_same_text" ON "ratings" USING btree ("officer_id","comment_hash","day") WHERE comment_hash is not null;--> statement-breakpoint
CREATE INDEX "ratings_set_aside" ON "ratings" USING btree ("unit_id","state","day","id") WHERE state <> 'counted';--> statement-breakpoint
CREATE INDEX "ratings_held" ON "ratings" USING btree ("day","id","unit_id") WHERE state = 'held';--> statement-breakpoint
CREATE INDEX "ratings_marked" ON "ratings" USING btree ("day","id","unit_id") WHERE state = 'counted' and state_by is null and signals <> '{}';--> statement-breakpoint
CREATE INDEX "ratings_comment_flagged" ON "ratings" USING btree ("day","id","unit_id") WHERE state <> 'voided' and comment_flags <> '{}' and not 'manager' = any(comment_flags);--> statement-breakpoint
CREATE INDEX "case_moves_unit" ON "case_moves" USING btree ("unit_id","at","move","kind","channel","sealed");--> statement-breakpoint
CREATE INDEX "case_moves_moment" ON "case_moves" USING btree ("move","at","case_id");--> statement-breakpoint
CREATE INDEX "case_moves_case" ON "case_moves" USING btree ("case_id","id");--> statement-breakpoint
CREATE INDEX "clock_outcomes_unit" ON "clock_outcomes" USING btree ("unit_id","at");--> statement-breakpoint
CREATE INDEX "clock_outcomes_moment" ON "clock_outcomes" USING btree ("name","at","case_id");--> statement-breakpoint
CREATE INDEX "clock_outcomes_case" ON "clock_outcomes" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "clock_outcomes_clock" ON "clock_outcomes" USING btree ("clock_id");--> statement-breakpoint
CREATE INDEX "follow_ups_unit" ON "follow_ups" USING btree ("unit_id","created_at");--> statement-breakpoint
CREATE INDEX "follow_ups_open" ON "follow_ups" USING btree ("unit_id") WHERE done_on is null;--> statement-breakpoint
CREATE UNIQUE INDEX "recaps_version" ON "recaps" USING btree ("unit_id","scope","period","version");--> statement-breakpoint
CREATE UNIQUE INDEX "recaps_number" ON "recaps" USING btree ("unit_id","year","number");--> statement-breakpoint
CREATE INDEX "destruction_items_waiting" ON "destruction_items" USING btree ("destruction_id","part","subject_id") WHERE kept is null and destroyed_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "destructions_number" ON "destructions" USING btree ("unit_id","year","number");--> statement-breakpoint
CREATE UNIQUE INDEX "destructions_one_open" ON "destructions" USING btree ("unit_id") WHERE state not in ('carried_out', 'cancelled');--> statement-breakpoint
CREATE UNIQUE INDEX "tombstones_subject" ON "tombstones" USING btree ("part","subject_id","destruction_id");--> statement-breakpoint
CREATE INDEX "tombstones_destruction" ON "tombstones" USING btree ("destruction_id");--> statement-breakpoint
CREATE INDEX "case_search_document" ON "case_search" USING gin ("document") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "search_words_word" ON "search_words" USING btree ("word");--> statement-breakpoint
CREATE INDEX "search_words_similar" ON "search_words" USING gin ("word" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "skm_publications_unit" ON "skm_publications" USING btree ("unit_id","last_day");--> statement-breakpoint
CREATE INDEX "skm_responses_unit" ON "skm_responses" USING btree ("unit_id","day");--> statement-breakpoint
CREATE INDEX "skm_responses_set_aside" ON "skm_responses" USING btree ("unit_id","day") WHERE state <> 'counted';--> statement-breakpoint
CREATE INDEX "routing_rules_unit" ON "routing_rules" USING btree ("unit_id","position");--> statement-breakpoint
CREATE INDEX "kiosks_place" ON "kiosks" USING btree ("place_id");--> statement-breakpoint
CREATE INDEX "kiosks_desk" ON "kiosks" USING btree ("desk_id");--> statement-breakpoint
CREATE INDEX "officers_unit" ON "officers" USING btree ("unit_id");--> statement-breakpoint
CREATE INDEX "officers_account" ON "officers" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "officers_active_account" ON "officers" USING btree ("account_id") WHERE account_id is not null and active;--> statement-breakpoint
CREATE INDEX "places_unit" ON "places" USING btree ("unit_id");--> statement-breakpoint
CREATE INDEX "places_officer" ON "places" USING btree ("officer_id");--> statement-breakpoint
CREATE INDEX "roster_shifts_place" ON "roster_shifts" USING btree ("place_id");--> statement-breakpoint
CREATE INDEX "roster_shifts_officer" ON "roster_shifts" USING btree ("officer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "services_unit_kind" ON "services" USING btree ("unit_id","kind");--> statement-breakpoint
CREATE INDEX "units_path" ON "units" USING btree ("path" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "units_parent" ON "units" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "visits_unit" ON "visits" USING btree ("unit_id","day");--> statement-breakpoint
CREATE INDEX "visits_officer" ON "visits" USING btree ("officer_id","day");--> statement-breakpoint
CREATE INDEX "visits_desk" ON "visits" USING btree ("place_id","closed_at");--> statement-breakpoint
CREATE INDEX "visits_open" ON "visits" USING btree ("unit_id","created_at") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "visits_to_forget" ON "visits" USING btree ("created_at") WHERE external_ref is not null;--> statement-breakpoint
CREATE INDEX "visits_makers_to_forget" ON "visits" USING btree ("expires_at") WHERE made_by_device is not null;
--> statement-breakpoint
-- ====================================================================================================================
-- Written by hand from here on: functions and triggers, which the schema in TypeScript cannot describe.
--
--   1. Append-only tables        3. Search
--   2. Lost access               4. Drafts that wait for approval
--                                5. Trial
--
-- docs/decisions/0050-triggers.md says why each rule is a trigger.
-- Triggers of one table and one moment run in the order of their names.
-- ====================================================================================================================

-- --------------------------------------------------------------------------------------------------------------------
-- 1. Append-only tables
--
-- The timeline, the log of changes and everything that filed reports count are written once. Only retention may remove
-- rows: it sets `spatula.retention` for its own transaction. Rows of reports of an office in trial may be deleted.
-- --------------------------------------------------------------------------------------------------------------------
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('spatula.retention', true) = 'on' THEN
		RETURN coalesce(NEW, OLD);
	END IF;
	-- The end of a trial deletes what was made in it. An office that was ever open is never in trial (section 5).
	IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM cases JOIN units ON units.id = cases.unit_id
		WHERE cases.id = (to_jsonb(OLD) ->> 'case_id')::bigint AND units.state = 'trial') THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE ON timeline FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- No entry is ever removed. Retention only empties the text of an entry and keeps its hashes, once.
	IF TG_OP = 'UPDATE' AND current_setting('spatula.retention', true) = 'on' AND OLD.destroyed_at IS NULL
		AND NEW.destroyed_at IS NOT NULL AND NEW.destroyed_by > NEW.id AND NEW.subject = ''
		AND num_nonnulls(NEW.reason, NEW.before, NEW.after) = 0
		AND (NEW.id, NEW.at, NEW.action, NEW.text_hash, NEW.prev, NEW.hash)
			= (OLD.id, OLD.at, OLD.action, OLD.text_hash, OLD.prev, OLD.hash)
		AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id AND NEW.unit_id IS NOT DISTINCT FROM OLD.unit_id THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
--> statement-breakpoint
CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER consents_append_only BEFORE UPDATE OR DELETE ON consents FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER case_moves_append_only BEFORE UPDATE OR DELETE ON case_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER clock_outcomes_append_only BEFORE UPDATE OR DELETE ON clock_outcomes FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER recaps_append_only BEFORE UPDATE OR DELETE ON recaps FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER tombstones_append_only BEFORE UPDATE OR DELETE ON tombstones FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- --------------------------------------------------------------------------------------------------------------------
-- 2. Lost access
--
-- An open desk checks its account again when a session ends, or when a role, an account or the tree of units changes.
-- Triggers send the notice, so that no way of changing these tables can forget it. The trigger's argument names the column
-- that holds the account; '*' means every account.
-- --------------------------------------------------------------------------------------------------------------------
CREATE FUNCTION notify_access() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was text;
	becomes text;
BEGIN
	IF TG_ARGV[0] = '*' THEN
		PERFORM pg_notify('spatula_access', '*');
		RETURN NULL;
	END IF;
	IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD) ->> TG_ARGV[0]; END IF;
	IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW) ->> TG_ARGV[0]; END IF;
	IF was IS NOT NULL THEN PERFORM pg_notify('spatula_access', was); END IF;
	IF becomes IS NOT NULL AND becomes IS DISTINCT FROM was THEN PERFORM pg_notify('spatula_access', becomes); END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER sessions_notify_access AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION notify_access('account_id');
--> statement-breakpoint
CREATE TRIGGER roles_notify_access AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH ROW EXECUTE FUNCTION notify_access('account_id');
--> statement-breakpoint
CREATE TRIGGER accounts_notify_access AFTER UPDATE OF active ON accounts FOR EACH ROW EXECUTE FUNCTION notify_access('id');
--> statement-breakpoint
CREATE TRIGGER officers_notify_access AFTER INSERT OR UPDATE OF account_id OR DELETE ON officers FOR EACH ROW EXECUTE FUNCTION notify_access('account_id');
--> statement-breakpoint
CREATE TRIGGER units_notify_access AFTER INSERT OR UPDATE OF path ON units FOR EACH STATEMENT EXECUTE FUNCTION notify_access('*');
--> statement-breakpoint
-- Deletes the devices of an account that is switched off, so that none gets a push message after the commit.
CREATE FUNCTION drop_devices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM push_subscriptions WHERE account_id = NEW.id;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER accounts_drop_devices AFTER UPDATE OF active ON accounts FOR EACH ROW WHEN (NOT NEW.active) EXECUTE FUNCTION drop_devices();
--> statement-breakpoint

-- --------------------------------------------------------------------------------------------------------------------
-- 3. Search
--
-- `case_search` holds one document per case and `search_words` the words of all documents, for suggestions. Both follow
-- the case, its messages and its attachments in the same transaction (docs/decisions/0012).
-- --------------------------------------------------------------------------------------------------------------------

-- Replaces everything that is no letter or digit by a space. Addresses, numbers with dots and words with hyphens are then
-- found by their parts. Letters that look the same are the same: an accent may be a sign of its own, and chat programs
-- have wide digits and bold letters. Queries are cleaned the same way.
CREATE FUNCTION search_clean(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT btrim(regexp_replace(lower(normalize(said, NFKC)),
		'[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\ufeff]+', ' ', 'g'))
$$;
--> statement-breakpoint
-- The document holds each word as written, to find words of which only the beginning is typed, and its Indonesian stem,
-- to find other forms of a word. Marks stand for facts that no text of the case contains:
--   #u        the handling unit, so that members of a small one search its cases alone
--   #p #c #v  place, category, service
--   #r        the digits of the reference from the back, so that its last digits are a prefix
--   #n        keyed hashes of a named reporter's name and contact, which the site computes (docs/decisions/0041)
-- The text of attachments comes last. Words beyond 120,000 characters (over sixty pages) are left out: first those of
-- attachments, then those of the oldest messages. Cleaning can lengthen a text, so it is cut again.
CREATE FUNCTION search_document(about cases) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT strip(to_tsvector('simple', said.words) || to_tsvector('indonesian', said.words)) || array_to_tsvector(array_remove(ARRAY[
		'#u' || about.handling_unit_id,
		'#p' || about.place_id,
		'#c' || about.category,
		'#v' || about.service,
		'#r' || reverse(regexp_replace(about.reference, '[^0-9]', '', 'g'))] || about.reporter_words, NULL))
	FROM (SELECT left(search_clean(left(concat_ws(' ', about.title, about.body, about.requested_solution,
		(SELECT string_agg(body, ' ' ORDER BY at DESC) FROM messages WHERE case_id = about.id),
		(SELECT string_agg(text, ' ' ORDER BY at) FROM attachments WHERE case_id = about.id)), 120000)), 120000) AS words) said
$$;
--> statement-breakpoint
CREATE FUNCTION refresh_search(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	written tsvector;
BEGIN
	-- Two people may write at once: the second one waits, and then sees what the first one wrote.
	PERFORM 1 FROM cases WHERE id = which FOR NO KEY UPDATE;
	INSERT INTO case_search SELECT id, search_document(c) FROM cases c WHERE id = which
		ON CONFLICT (case_id) DO UPDATE SET document = excluded.document
		RETURNING document INTO written;
	-- Searches get no suggestions from reports of a trial.
	IF EXISTS (SELECT 1 FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.id = which AND u.state = 'trial') THEN
		RETURN;
	END IF;
	-- Two commits at the same time can store the same word twice, because neither waits for the other.
	INSERT INTO search_words SELECT lexeme FROM unnest(tsvector_to_array(written)) lexeme
		WHERE lexeme ~ '^[^0-9#]{4,30}$' AND NOT EXISTS (SELECT 1 FROM search_words WHERE word = lexeme);
END
$$;
--> statement-breakpoint
CREATE FUNCTION search_follows_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM refresh_search(NEW.id);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION search_follows_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM refresh_search(coalesce(NEW.case_id, OLD.case_id));
	RETURN NULL;
END
$$;
--> statement-breakpoint
-- Most attachments are photos, which have no text.
CREATE FUNCTION search_follows_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF coalesce(NEW.text, OLD.text) IS NOT NULL THEN
		PERFORM refresh_search(coalesce(NEW.case_id, OLD.case_id));
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER cases_searched AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION search_follows_case();
--> statement-breakpoint
-- Most updates of a case change nothing that its document holds.
CREATE TRIGGER cases_searched_anew AFTER UPDATE ON cases FOR EACH ROW WHEN (
	(OLD.title, OLD.body, OLD.requested_solution, OLD.category, OLD.service, OLD.place_id, OLD.handling_unit_id, OLD.reference,
		OLD.reporter_words)
	IS DISTINCT FROM
	(NEW.title, NEW.body, NEW.requested_solution, NEW.category, NEW.service, NEW.place_id, NEW.handling_unit_id, NEW.reference,
		NEW.reporter_words)
) EXECUTE FUNCTION search_follows_case();
--> statement-breakpoint
CREATE TRIGGER messages_searched AFTER INSERT OR UPDATE OF body OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION search_follows_message();
--> statement-breakpoint
CREATE TRIGGER attachments_searched AFTER INSERT OR UPDATE OF text OR DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION search_follows_attachment();
--> statement-breakpoint
-- With the default of a hundred common words the planner cannot tell rare words from frequent ones.
ALTER TABLE case_search ALTER COLUMN document SET STATISTICS 1000;
--> statement-breakpoint

-- --------------------------------------------------------------------------------------------------------------------
-- 4. Trial
--
-- Rows of an office in trial are practice, because of the office's state (docs/decisions/0044). So an office begins a trial
-- only if it was never open. It ends the trial only after its rows are deleted, and takes no row while it is new.
-- --------------------------------------------------------------------------------------------------------------------
CREATE FUNCTION office_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (OLD.state, NEW.state) NOT IN (('new', 'trial'), ('trial', 'new'), ('new', 'open'), ('open', 'closed'), ('closed', 'open')) THEN
		RAISE EXCEPTION 'an office does not change from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
	END IF;
	IF NEW.state = 'new' AND (EXISTS (SELECT 1 FROM cases WHERE unit_id = NEW.id) OR EXISTS (SELECT 1 FROM ratings WHERE unit_id = NEW.id)
		OR EXISTS (SELECT 1 FROM visits WHERE unit_id = NEW.id) OR EXISTS (SELECT 1 FROM skm_responses WHERE unit_id = NEW.id)) THEN
		RAISE EXCEPTION 'practice is left' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER units_state BEFORE UPDATE OF state ON units FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION office_state();
--> statement-breakpoint
-- A row that meets the end of a trial waits for it and is then refused, with an own code. The lock is that of its foreign key.
CREATE FUNCTION office_takes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	office text;
BEGIN
	SELECT state INTO office FROM units WHERE id = NEW.unit_id FOR KEY SHARE;
	IF office = 'new' THEN
		RAISE EXCEPTION 'the office is not open' USING ERRCODE = 'SP001';
	END IF;
	IF TG_TABLE_NAME = 'cases' THEN
		IF (office = 'trial') <> (NEW.reference LIKE 'UJI-%') THEN
			RAISE EXCEPTION 'practice and register have different numbers' USING ERRCODE = 'restrict_violation';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER cases_taken BEFORE INSERT OR UPDATE OF unit_id ON cases FOR EACH ROW EXECUTE FUNCTION office_takes();
--> statement-breakpoint
CREATE TRIGGER ratings_taken BEFORE INSERT ON ratings FOR EACH ROW EXECUTE FUNCTION office_takes();
--> statement-breakpoint
CREATE TRIGGER visits_taken BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION office_takes();
--> statement-breakpoint
CREATE TRIGGER skm_responses_taken BEFORE INSERT ON skm_responses FOR EACH ROW EXECUTE FUNCTION office_takes();
--> statement-breakpoint
-- Nothing of a trial leaves the office.
CREATE FUNCTION stays_in_office() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT 1 FROM cases JOIN units ON units.id = cases.unit_id WHERE cases.id = NEW.case_id AND units.state = 'trial') THEN
		RAISE EXCEPTION 'practice does not leave the office' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER mails_stay BEFORE INSERT ON mails FOR EACH ROW WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION stays_in_office();
--> statement-breakpoint
CREATE TRIGGER escalations_stay BEFORE INSERT ON escalations FOR EACH ROW EXECUTE FUNCTION stays_in_office();
--> statement-breakpoint
CREATE TRIGGER inbound_reports_stay BEFORE INSERT ON inbound_reports FOR EACH ROW EXECUTE FUNCTION stays_in_office();
--> statement-breakpoint
CREATE TRIGGER letters_stay BEFORE INSERT ON letters FOR EACH ROW EXECUTE FUNCTION stays_in_office();
