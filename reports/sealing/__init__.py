"""Who vouches for a bundle: keys, certificates, envelopes, time stamps, and the policy that asks for them."""
