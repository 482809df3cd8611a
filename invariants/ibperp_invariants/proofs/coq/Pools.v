(* A pool and any number of holders: its identity and its share totals after any run (MM-1, MM-2). *)
From Ibperp Require Import Kernels Sums Holders.
Require Import ZArith List Lia Bool Psatz.
Import ListNotations.
Open Scope Z_scope.

(* Signed shares of each holder: above zero a lend, below zero a debt; own and virtual alike. *)
Record State := { pool : Pool; holders : list Z }.

Definition lends (shares : Z) : Z := Z.max shares 0.
Definition owes (shares : Z) : Z := Z.max (- shares) 0.

Definition posted (p : Pool) (amount : Z) : Pool :=
  mk_Pool (Pool_cash p + amount) (Pool_lent p) (Pool_lend_shares p) (Pool_borrowed p)
    (Pool_borrow_shares p) (Pool_reserve p) (Pool_unearned p) (Pool_interest_carry p) (Pool_rate_time p)
    (Pool_throttle_bound p).

(* What a holder may do, and what happens to it; the amounts and shares are free within the guards. *)
Inductive step :=
  | Open
  | Lend (i : nat) (amount shares : Z)
  | Redeem (i : nat) (amount shares : Z)
  | Borrow (i : nat) (amount shares : Z)
  | Repay (i : nat) (amount shares : Z)
  | Charge (interest fee : Z)
  | Accrue (rate_time fee : Z)
  | Earn (seconds span : Z)
  | Throttle (parameters : PoolParameters) (steps : Z)
  | WriteOff (i : nat)
  | Pass (i j : nat) (shares : Z).

Definition moved (s : State) (i : nat) (p : Pool) (amount shares : Z) : State :=
  match nth_error (holders s) i with
  | None => s
  | Some held =>
      if 0 <=? Pool_cash p + amount
      then {| pool := posted p amount; holders := update (holders s) i (held + shares) |} else s
  end.

Definition held (s : State) (i : nat) : Z := nth i (holders s) 0.

Definition act (s : State) (x : step) : State :=
  let p := pool s in
  match x with
  | Open => {| pool := p; holders := holders s ++ [0] |}
  | Lend i amount shares =>
      if (0 <=? held s i) && (0 <=? shares) && (0 <=? amount)
      then moved s i (pool_lend p amount shares) amount shares else s
  | Redeem i amount shares =>
      if (0 <=? shares) && (shares <=? held s i) && (0 <=? amount) && (amount <=? pool_lend_claim p (held s i))
      then moved s i (pool_redeem p amount shares) (- amount) (- shares) else s
  | Borrow i amount shares =>
      if (held s i <=? 0) && (0 <=? shares) && (0 <=? amount)
      then moved s i (pool_borrow p amount shares) (- amount) (- shares) else s
  | Repay i amount shares =>
      if (0 <=? shares) && (shares <=? - held s i)
        && (numbers_mul_div_down shares (Pool_borrowed p) (Pool_borrow_shares p) <=? amount)
      then moved s i (pool_repay p amount shares) amount shares else s
  | Charge interest fee =>
      if (0 <=? interest) && (0 <=? fee) && (fee <=? numbers_RATIO)
      then {| pool := pool_charge p interest fee; holders := holders s |} else s
  | Accrue rate_time fee =>
      if (0 <=? rate_time) && (0 <=? fee) && (fee <=? numbers_RATIO) && (0 <=? Pool_interest_carry p)
      then {| pool := pool_accrue p rate_time fee; holders := holders s |} else s
  | Earn seconds span =>
      if (0 <=? seconds) && (seconds <=? span)
      then {| pool := pool_earn p seconds span; holders := holders s |} else s
  | Throttle parameters steps => {| pool := pool_throttle p parameters steps; holders := holders s |}
  | WriteOff i =>
      if held s i <? 0
      then moved s i (fst (fst (pool_written_off p (- held s i)))) 0 (- held s i) else s
  | Pass i j shares =>
      (* Shares change hands unvalued: from a lender, a part, to one that owes nothing; or a debt whole. *)
      match nth_error (holders s) i with
      | None => s
      | Some from =>
          let left := update (holders s) i (from - shares) in
          match nth_error left j with
          | None => s
          | Some to =>
              if ((0 <=? shares) && (shares <=? from) && (0 <=? to))
                || ((shares <=? 0) && (from <=? shares) && (to <=? 0))
              then {| pool := p; holders := update left j (to + shares) |} else s
          end
      end
  end.

Definition identity (p : Pool) : Prop := Pool_cash p + Pool_borrowed p = Pool_lent p + Pool_reserve p + Pool_unearned p.

Definition sound (s : State) : Prop :=
  let p := pool s in
  identity p /\ 0 <= Pool_cash p /\ 0 <= Pool_lent p /\ 0 <= Pool_borrowed p /\ 0 <= Pool_reserve p /\
  0 <= Pool_unearned p /\ sum lends (holders s) = Pool_lend_shares p /\ sum owes (holders s) = Pool_borrow_shares p.

Lemma a_holder_lends_within_the_sum : forall l i a, nth_error l i = Some a -> lends a <= sum lends l.
Proof.
  intros l i a H. apply (an_entry_is_within_the_sum Z lends l i a); auto.
  apply Forall_forall. intros x _. unfold lends. lia.
Qed.

Lemma a_holder_owes_within_the_sum : forall l i a, nth_error l i = Some a -> owes a <= sum owes l.
Proof.
  intros l i a H. apply (an_entry_is_within_the_sum Z owes l i a); auto.
  apply Forall_forall. intros x _. unfold owes. lia.
Qed.

Lemma sums_of_lends_and_owes_are_not_negative : forall l, 0 <= sum lends l /\ 0 <= sum owes l.
Proof.
  intros l. split; apply a_sum_of_nothing_below_zero; apply Forall_forall; intros x _;
    unfold lends, owes; lia.
Qed.

Lemma an_existing_holder : forall s i a, nth_error (holders s) i = Some a -> held s i = a.
Proof. intros s i a H. unfold held. apply nth_error_nth. exact H. Qed.

(* The step of the induction: pool and holder move together. *)
Lemma moved_keeps_soundness : forall s i p amount shares,
  sound s ->
  Pool_cash p = Pool_cash (pool s) ->
  (forall a, nth_error (holders s) i = Some a ->
    Pool_lent p + Pool_reserve p + Pool_unearned p - Pool_borrowed p
      = Pool_lent (pool s) + Pool_reserve (pool s) + Pool_unearned (pool s) - Pool_borrowed (pool s)
        + amount /\
    0 <= Pool_lent p /\ 0 <= Pool_borrowed p /\ 0 <= Pool_reserve p /\ 0 <= Pool_unearned p /\
    Pool_lend_shares p = Pool_lend_shares (pool s) - lends a + lends (a + shares) /\
    Pool_borrow_shares p = Pool_borrow_shares (pool s) - owes a + owes (a + shares)) ->
  sound (moved s i p amount shares).
Proof.
  intros s i p amount shares (Hid & Hc & Hl & Hb & Hr & Hu & HL & HB) Hcash H.
  unfold moved. destruct (nth_error (holders s) i) as [a|] eqn:E; [|repeat split; assumption].
  destruct (H a eq_refl) as (H1 & H2 & H3 & H4 & H7 & H5 & H6).
  destruct (Z.leb_spec 0 (Pool_cash p + amount)); [|repeat split; assumption].
  unfold sound, identity in *; cbn [pool holders posted Pool_cash Pool_lent Pool_lend_shares
    Pool_borrowed Pool_borrow_shares Pool_reserve Pool_unearned].
  rewrite (one_entry_changes_the_sum_by_its_change _ lends _ i a _ E).
  rewrite (one_entry_changes_the_sum_by_its_change _ owes _ i a _ E).
  repeat split; try assumption; lia.
Qed.

Lemma a_fee_is_within_the_interest : forall interest fee,
  0 <= interest -> 0 <= fee <= numbers_RATIO -> 0 <= numbers_mul_div_up interest fee numbers_RATIO <= interest.
Proof.
  intros interest fee Hi [Hf1 Hf2]. unfold numbers_mul_div_up, numbers_div_up.
  assert (R : 0 < numbers_RATIO) by reflexivity.
  pose proof (a_ceiling_is_at_least (interest * fee) numbers_RATIO R) as [C1 C2].
  set (q := - (- (interest * fee) / numbers_RATIO)) in *. nia.
Qed.

Lemma a_charge_keeps_soundness : forall s interest fee,
  sound s -> 0 <= interest -> 0 <= fee <= numbers_RATIO ->
  sound {| pool := pool_charge (pool s) interest fee; holders := holders s |}.
Proof.
  intros s interest fee (Hid & Hc & Hl & Hb & Hr & Hu & HL & HB) Hi Hf.
  pose proof (a_fee_is_within_the_interest interest fee Hi Hf).
  unfold sound, identity, pool_charge in *; simpl. repeat split; lia.
Qed.

Lemma parts_of_what_is_borrowed : forall shares borrowed all,
  0 <= shares <= all -> 0 <= borrowed -> 0 <= numbers_mul_div_down shares borrowed all <= borrowed.
Proof.
  intros x b t [H1 H2] Hb. unfold numbers_mul_div_down, numbers_div_down.
  destruct (Z.eq_dec t 0) as [->|Ht]; [rewrite Zdiv_0_r; lia|]. split.
  - apply Z.div_pos; nia.
  - apply Z.div_le_upper_bound; nia.
Qed.

Theorem a_step_keeps_soundness : forall s x, sound s -> sound (act s x).
Proof.
  intros s x Hs. pose proof Hs as (Hid & Hc & Hl & Hb & Hr & Hu & HL & HB).
  pose proof (sums_of_lends_and_owes_are_not_negative (holders s)) as [PL PO].
  destruct x as [|i amount shares|i amount shares|i amount shares|i amount shares|interest fee
    |rate_time fee|seconds span|parameters steps|i|i j shares]; cbn [act].
  - unfold sound; cbn [pool holders]. rewrite !sum_of_one_more.
    unfold lends at 2, owes at 2. simpl. repeat split; try assumption; lia.
  - destruct (_ && _) eqn:G; [|exact Hs]. rewrite !andb_true_iff, !Z.leb_le in G. destruct G as ((G1 & G2) & G3).
    apply moved_keeps_soundness; auto. intros a E. rewrite (an_existing_holder s i a E) in G1.
    unfold pool_lend, lends, owes; simpl. repeat split; lia.
  - destruct (_ && _) eqn:G; [|exact Hs]. rewrite !andb_true_iff, !Z.leb_le in G. destruct G as (((G1 & G2) & G3) & G4).
    apply moved_keeps_soundness; auto. intros a E. rewrite (an_existing_holder s i a E) in *.
    pose proof (a_holder_lends_within_the_sum _ i a E) as W.
    change (Z.max a 0 <= sum lends (holders s)) in W.
    pose proof (claims_of_all_lenders_are_within_what_is_lent (pool s) [a] Hl ltac:(lia) ltac:(simpl; lia)) as C.
    unfold sum in C; simpl in C.
    unfold pool_redeem, lends, owes; simpl. repeat split; lia.
  - destruct (_ && _) eqn:G; [|exact Hs]. rewrite !andb_true_iff, !Z.leb_le in G. destruct G as ((G1 & G2) & G3).
    apply moved_keeps_soundness; auto. intros a E. rewrite (an_existing_holder s i a E) in *.
    unfold pool_borrow, lends, owes; simpl. repeat split; lia.
  - destruct (_ && _) eqn:G; [|exact Hs]. rewrite !andb_true_iff, !Z.leb_le in G. destruct G as ((G1 & G2) & G3).
    apply moved_keeps_soundness; auto. intros a E. rewrite (an_existing_holder s i a E) in *.
    pose proof (a_holder_owes_within_the_sum _ i a E) as W.
    change (Z.max (- a) 0 <= sum owes (holders s)) in W.
    pose proof (parts_of_what_is_borrowed shares (Pool_borrowed (pool s)) (Pool_borrow_shares (pool s))) as P.
    unfold pool_repay, lends, owes; simpl. repeat split; lia.
  - destruct (_ && _) eqn:G; [|exact Hs]. rewrite !andb_true_iff, !Z.leb_le in G. destruct G as ((G1 & G2) & G3).
    apply a_charge_keeps_soundness; auto.
  - destruct (_ && _) eqn:G; [|exact Hs]. rewrite !andb_true_iff, !Z.leb_le in G.
    destruct G as (((G1 & G3) & G4) & G5).
    assert (D : 0 <= numbers_div_down (Pool_borrowed (pool s) * rate_time + Pool_interest_carry (pool s)) pool_CARRY_UNIT).
    { unfold numbers_div_down. apply Z.div_pos; [nia | reflexivity]. }
    pose proof (a_charge_keeps_soundness s _ fee Hs D (conj G3 G4)) as (K1 & K2 & K3 & K4 & K5 & K8 & K6 & K7).
    unfold sound, identity, pool_accrue in *; simpl in *. repeat split; assumption.
  - destruct (_ && _) eqn:G; [|exact Hs]. rewrite !andb_true_iff, !Z.leb_le in G. destruct G as (G1 & G2).
    assert (E : 0 <= numbers_mul_div_down (Pool_unearned (pool s)) seconds span <= Pool_unearned (pool s)).
    { unfold numbers_mul_div_down, numbers_div_down.
      destruct (Z.eq_dec span 0) as [->|]; [rewrite Zdiv_0_r; lia|]. split.
      - apply Z.div_pos; nia.
      - apply Z.div_le_upper_bound; nia. }
    unfold sound, identity, pool_earn in *.
    destruct (_ =? _); cbn [pool holders Pool_cash Pool_lent Pool_lend_shares Pool_borrowed
      Pool_borrow_shares Pool_reserve Pool_unearned]; repeat split; try assumption; lia.
  - assert (E : forall q steps, exists b, pool_throttle q parameters steps = mk_Pool (Pool_cash q) (Pool_lent q)
      (Pool_lend_shares q) (Pool_borrowed q) (Pool_borrow_shares q) (Pool_reserve q) (Pool_unearned q) (Pool_interest_carry q) (Pool_rate_time q) b).
    { intros q n. unfold pool_throttle. destruct (_ <? _); eexists; reflexivity. }
    destruct (E (pool s) steps) as [b ->]. unfold sound, identity in *; simpl in *. repeat split; assumption.
  - destruct (Z.ltb_spec (held s i) 0) as [G|]; [|exact Hs].
    apply moved_keeps_soundness; auto. intros a E. rewrite (an_existing_holder s i a E) in *.
    pose proof (a_holder_owes_within_the_sum _ i a E) as W.
    change (Z.max (- a) 0 <= sum owes (holders s)) in W.
    pose proof (parts_of_what_is_borrowed (- a) (Pool_borrowed (pool s)) (Pool_borrow_shares (pool s))) as P.
    unfold identity in Hid. unfold pool_written_off, lends, owes; simpl. repeat split; lia.
  - destruct (nth_error (holders s) i) as [from|] eqn:Ei; [|exact Hs].
    destruct (nth_error (update (holders s) i (from - shares)) j) as [to|] eqn:Ej; [|exact Hs].
    destruct (_ || _) eqn:G; [|exact Hs].
    rewrite orb_true_iff, !andb_true_iff, !Z.leb_le in G.
    unfold sound; cbn [pool holders].
    rewrite (one_entry_changes_the_sum_by_its_change _ lends _ j to _ Ej).
    rewrite (one_entry_changes_the_sum_by_its_change _ owes _ j to _ Ej).
    rewrite (one_entry_changes_the_sum_by_its_change _ lends _ i from _ Ei).
    rewrite (one_entry_changes_the_sum_by_its_change _ owes _ i from _ Ei).
    unfold lends, owes in *. repeat split; try assumption; lia.
Qed.

Theorem a_pool_is_sound_after_any_run : forall run s, sound s -> sound (fold_left act run s).
Proof. apply a_law_that_each_step_keeps_holds_after_any_run, a_step_keeps_soundness. Qed.

Theorem pool_identity_after_any_run : forall run s, sound s ->
  let p := pool (fold_left act run s) in
    Pool_cash p + Pool_borrowed p = Pool_lent p + Pool_reserve p + Pool_unearned p.
Proof. intros run s H. apply (a_pool_is_sound_after_any_run run s H). Qed.

Theorem no_total_is_below_zero_after_any_run : forall run s, sound s ->
  let p := pool (fold_left act run s) in
    0 <= Pool_cash p /\ 0 <= Pool_lent p /\ 0 <= Pool_borrowed p /\ 0 <= Pool_reserve p /\
    0 <= Pool_unearned p /\ 0 <= Pool_lend_shares p /\ 0 <= Pool_borrow_shares p.
Proof.
  intros run s H p. destruct (a_pool_is_sound_after_any_run run s H) as (_ & Hc & Hl & Hb & Hr & Hu & HL & HB).
  pose proof (sums_of_lends_and_owes_are_not_negative (holders (fold_left act run s))) as [P Q].
  subst p. repeat split; lia.
Qed.

Theorem share_totals_after_any_run : forall run s, sound s ->
  let q := fold_left act run s in
  sum lends (holders q) = Pool_lend_shares (pool q) /\ sum owes (holders q) = Pool_borrow_shares (pool q).
Proof.
  intros run s H. destruct (a_pool_is_sound_after_any_run run s H) as (_ & _ & _ & _ & _ & _ & HL & HB).
  split; assumption.
Qed.

Theorem all_claims_are_within_what_is_lent_after_any_run : forall run s, sound s ->
  let q := fold_left act run s in
  sum (fun shares => pool_lend_claim (pool q) (lends shares)) (holders q) <= Pool_lent (pool q).
Proof.
  intros run s H q. destruct (a_pool_is_sound_after_any_run run s H) as (_ & _ & Hl & _ & _ & _ & HL & _).
  fold q in Hl, HL. pose proof (sums_of_lends_and_owes_are_not_negative (holders q)) as [P _].
  pose proof (claims_of_all_lenders_are_within_what_is_lent (pool q) (map lends (holders q)) Hl) as C.
  unfold sum in *. rewrite map_map in C. apply C; lia.
Qed.

Theorem all_debts_cover_what_is_borrowed_after_any_run : forall run s, sound s ->
  let q := fold_left act run s in 0 < Pool_borrow_shares (pool q) ->
  Pool_borrowed (pool q) <= sum (fun shares => pool_debt (pool q) (owes shares)) (holders q)
    <= Pool_borrowed (pool q) + Z.of_nat (length (holders q)).
Proof.
  intros run s H q Hpos. destruct (a_pool_is_sound_after_any_run run s H) as (_ & _ & _ & _ & _ & _ & _ & HB).
  fold q in HB.
  pose proof (debts_of_all_borrowers_cover_what_is_borrowed (pool q) (map owes (holders q)) Hpos HB) as D.
  unfold sum in *. rewrite map_map, map_length in D. exact D.
Qed.
