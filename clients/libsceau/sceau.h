/* libsceau: signatures by keys on smartcards and USB tokens, asked of the Sceau agent. For authors of mail programs.
 *
 * A program sends a digest, a person is shown who asks and types the PIN into a dialog of the agent's, and the program
 * gets the signature. docs/client-guide.md tells how to use it, docs/samples/sign.c is a whole program.
 *
 * The ABI is stable: names may be added, under a later symbol version; none changes and none goes within libsceau.so.0.
 * All text is UTF-8 and ends with a NUL. What a function gives lives as long as what it was asked of. */
#ifndef SCEAU_H
#define SCEAU_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NOLINTBEGIN(readability-identifier-naming): the names of C. */
#define SCEAU_API __attribute__((visibility("default")))

/* --- what went wrong --- */

/* What functions return; docs/protocol.md says of each what to do next. Others may be added: take them for
 * SCEAU_INTERNAL. */
enum {
    SCEAU_OK = 0,
    SCEAU_KEY_NOT_FOUND = 1,     /* no token seen so far has this key */
    SCEAU_TOKEN_ABSENT = 2,      /* its token is not plugged in, and was waited for */
    SCEAU_PIN_INCORRECT = 3,     /* the person gave up after a wrong PIN */
    SCEAU_PIN_LOCKED = 4,        /* the token takes no more PINs */
    SCEAU_PIN_FINAL_TRY = 5,     /* one try is left, and the person did not confirm to use it */
    SCEAU_CANCELLED = 6,         /* the person said no, or the program gave up */
    SCEAU_TIMED_OUT = 7,         /* nobody answered; nothing has come */
    SCEAU_NOT_PERMITTED = 8,     /* by policy */
    SCEAU_EVIDENCE_MISMATCH = 9, /* what was shown is not what is signed */
    SCEAU_UNSUPPORTED = 10,      /* this key or this agent cannot do that */
    SCEAU_BUSY = 11,             /* too much at once: try again later */
    SCEAU_TOKEN_FAILED = 12,     /* the token or its module failed */
    SCEAU_JOURNAL_FAILED = 13,   /* the signature could not be recorded and was not released */
    SCEAU_INTERNAL = 14,         /* a fault of the agent's or of this library's */
    SCEAU_UNREACHABLE = 15,      /* no agent answers */
    SCEAU_BAD_ARGUMENT = 16,     /* a key, a scheme or a digest that there cannot be; NULL */
    SCEAU_NO_MEMORY = 17,
    SCEAU_PIN_TO_BE_CHANGED = 18 /* before the token takes it, or set for the first time */
};

/* One sentence for the person, in French where the locale (LC_ALL, LC_MESSAGES, LANG) is, else in English. */
SCEAU_API const char* sceau_text(int code);

/* --- the agent --- */

/* To be used by one thread at a time, sceau_cancel() apart. */
typedef struct sceau_agent sceau_agent;

/* The agent at this socket; NULL: at $SCEAU_SOCKET, else at $XDG_RUNTIME_DIR/sceau/agent, else in /run/user. Each call
 * connects by itself: that none runs is told then. NULL where there is no memory. */
SCEAU_API sceau_agent* sceau_open(const char* socket);
SCEAU_API void sceau_close(sceau_agent* agent);

/* Details of the last error, in English, for a log or for the curious; never a PIN. Until the next call. */
SCEAU_API const char* sceau_detail(const sceau_agent* agent);
/* After SCEAU_PIN_INCORRECT; -1 where the token does not tell. */
SCEAU_API int sceau_tries_left(const sceau_agent* agent);

/* From any thread or a signal handler: the call that waits now, else the next one, returns SCEAU_CANCELLED at once. */
SCEAU_API void sceau_cancel(sceau_agent* agent);

/* --- tokens and keys --- */

typedef struct sceau_listing sceau_listing; /* of tokens, of keys, or of both */
typedef struct sceau_token sceau_token;
typedef struct sceau_key sceau_key;

/* What is plugged in now. */
SCEAU_API int sceau_list_tokens(sceau_agent* agent, sceau_listing** listing);
/* The keys on it; with `address` only those whose certificate has that mail address. */
SCEAU_API int sceau_list_keys(sceau_agent* agent, const char* address, sceau_listing** listing);
SCEAU_API void sceau_listing_free(sceau_listing* listing);

/* The index counts from 0; NULL behind the last one. The same below. */
SCEAU_API const sceau_token* sceau_token_at(const sceau_listing* listing, size_t index);
SCEAU_API const sceau_key* sceau_key_at(const sceau_listing* listing, size_t index);

/* Only label, serial, manufacturer and model together tell one token from another. */
SCEAU_API const char* sceau_token_label(const sceau_token* token);
SCEAU_API const char* sceau_token_serial(const sceau_token* token);
SCEAU_API const char* sceau_token_manufacturer(const sceau_token* token);
SCEAU_API const char* sceau_token_model(const sceau_token* token);
SCEAU_API const char* sceau_token_reader(const sceau_token* token);

/* The key's name, 64 hex digits: SHA-256 of its SubjectPublicKeyInfo. It stays the same, whatever the certificate. */
SCEAU_API const char* sceau_key_id(const sceau_key* key);
SCEAU_API const char* sceau_key_token_label(const sceau_key* key);
SCEAU_API const char* sceau_key_token_serial(const sceau_key* key);
SCEAU_API const char* sceau_key_subject(const sceau_key* key); /* RFC 4514 */
SCEAU_API const char* sceau_key_issuer(const sceau_key* key);
SCEAU_API const char* sceau_key_address(const sceau_key* key, size_t index);
SCEAU_API const char* sceau_key_not_before(const sceau_key* key); /* RFC 3339, UTC */
SCEAU_API const char* sceau_key_not_after(const sceau_key* key);
SCEAU_API const char* sceau_key_algorithm(const sceau_key* key); /* "rsa", "ec" */
SCEAU_API int sceau_key_bits(const sceau_key* key);
SCEAU_API int sceau_key_may_sign(const sceau_key* key);
SCEAU_API int sceau_key_may_decrypt(const sceau_key* key);
/* What sceau_sign() takes for it, the best for mail first: "rsa_pkcs1_sha256" and the like. */
SCEAU_API const char* sceau_key_scheme(const sceau_key* key, size_t index);
/* DER; nothing (size 0) of a key without a certificate. */
SCEAU_API const unsigned char* sceau_key_certificate(const sceau_key* key, size_t* size);
/* DER, the issuers' certificates that the agent knows, the nearest first, the self-signed root left out: what belongs
 * into a signature beside the key's certificate (RFC 8550 section 2.3). */
SCEAU_API const unsigned char* sceau_key_chain(const sceau_key* key, size_t index, size_t* size);
/* RFC 4514: the issuer whose certificate is not known, so that the chain does not reach a root; NULL where it does. */
SCEAU_API const char* sceau_key_missing_issuer(const sceau_key* key);

/* --- signing --- */

typedef struct sceau_progress sceau_progress;

/* "waiting_for_token", "queued", "reader_in_use", "preview", "pin", "touch", "signing",
 * "decrypting"; others may be added. */
SCEAU_API const char* sceau_progress_state(const sceau_progress* progress);
SCEAU_API const char* sceau_progress_token_label(const sceau_progress* progress); /* or NULL */
SCEAU_API int sceau_progress_before(const sceau_progress* progress);              /* requests that come first, or -1 */
SCEAU_API int sceau_progress_tries_left(const sceau_progress* progress);          /* after a wrong PIN, or -1 */

/* Called while sceau_sign(), sceau_decrypt() or sceau_derive() waits, in its thread; anything but 0 gives up. */
typedef int sceau_on_progress(const sceau_progress* progress, void* context);

/* Has the digest signed, and waits as long as the person takes. The scheme is one of the key's, the digest as long as
 * the scheme's hash. on_progress may be NULL. The signature is to be freed with sceau_free(): of RSA it is as long as
 * the modulus, of ECDSA the DER of r and s (RFC 3279 section 2.2.3), as CMS wants both. */
SCEAU_API int sceau_sign(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* digest,
                         size_t digest_size, sceau_on_progress* on_progress, void* context, unsigned char** signature,
                         size_t* signature_size);
SCEAU_API void sceau_free(void* memory);

/* --- decryption --- */

/* Both wait as long as the person takes. The same again with the same sceau_agent is answered without asking, for a
 * minute: a message may be opened in several tries. What they give is to be freed with sceau_free(). */

/* RSA. The scheme is "rsa_pkcs1", "rsa_oaep_sha1", "rsa_oaep_sha256", "rsa_oaep_sha384" or "rsa_oaep_sha512", the
 * ciphertext as long as the modulus. With "rsa_pkcs1" a wrong padding has a made-up plaintext, so that nobody learns of
 * it: whether a content-encryption key is right shows when it is used. */
SCEAU_API int sceau_decrypt(sceau_agent* agent, const char* key_id, const char* scheme, const unsigned char* ciphertext,
                            size_t ciphertext_size, sceau_on_progress* on_progress, void* context,
                            unsigned char** plaintext, size_t* plaintext_size);

/* ECDH: the x of the shared point (SEC 1 section 3.3.1), before any key derivation function. The public key is an
 * uncompressed point of the key's curve (section 2.3.3). */
SCEAU_API int sceau_derive(sceau_agent* agent, const char* key_id, const unsigned char* public_key,
                           size_t public_key_size, sceau_on_progress* on_progress, void* context,
                           unsigned char** secret, size_t* secret_size);

/* --- watching --- */

typedef struct sceau_watch sceau_watch;

/* All tokens and keys now, and again after each change. It outlives agents that restart. NULL without memory. */
SCEAU_API sceau_watch* sceau_watch_open(const char* socket);
SCEAU_API void sceau_watch_close(sceau_watch* watch);

/* Waits for what is new, at most so many milliseconds, -1 for ever: SCEAU_OK with a listing of both, SCEAU_TIMED_OUT
 * when nothing came, SCEAU_UNREACHABLE without an agent, when there are no tokens: call again later. */
SCEAU_API int sceau_watch_next(sceau_watch* watch, int milliseconds, sceau_listing** listing);

/* For an event loop: readable when sceau_watch_next(watch, 0, …) has something to tell. To be asked for again after
 * each call of that; -1 while there is no agent. */
SCEAU_API int sceau_watch_fd(const sceau_watch* watch);

/* NOLINTEND(readability-identifier-naming) */

#ifdef __cplusplus
}
#endif

#endif
