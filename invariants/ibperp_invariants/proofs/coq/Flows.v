(* Any set of accounts and any run of flows: what the set takes out it put in, or others paid it (CU-1). *)
From Ibperp Require Import Sums.
Require Import ZArith List Lia Bool Arith.
Import ListNotations.
Open Scope Z_scope.

Inductive party := Outside | Pool | Account (i : nat).

(* Atoms pass from one party to another for a reason, which is a number here. *)
Record flow := { payer : party; payee : party; amount : Z; reason : nat }.

Definition member (set : nat -> bool) (p : party) : bool :=
  match p with Account i => set i | _ => false end.
Definition moved (set : nat -> bool) (p : party) (x : Z) : Z := if member set p then x else 0.
Definition net (set : nat -> bool) (f : flow) : Z :=
  moved set (payee f) (amount f) - moved set (payer f) (amount f).

Definition add_to (l : list Z) (p : party) (x : Z) : list Z :=
  match p with Account i => update l i (nth i l 0 + x) | _ => l end.
Definition act (l : list Z) (f : flow) : list Z :=
  add_to (add_to l (payer f) (- amount f)) (payee f) (amount f).

Definition known (n : nat) (p : party) : Prop := match p with Account i => (i < n)%nat | _ => True end.
Definition between_known (n : nat) (f : flow) : Prop := known n (payer f) /\ known n (payee f).

(* What the accounts of a set have, of which the first of the list is numbered `first`. *)
Fixpoint has_from (first : nat) (set : nat -> bool) (l : list Z) : Z :=
  match l with [] => 0 | a :: rest => (if set first then a else 0) + has_from (S first) set rest end.
Definition has := has_from 0.

Lemma an_update_keeps_the_length : forall A (l : list A) i x, length (update l i x) = length l.
Proof. intros A l. induction l as [|a l IH]; intros [|i] x; simpl; auto. Qed.

Lemma an_addition_keeps_the_length : forall l p x, length (add_to l p x) = length l.
Proof. intros l [| |i] x; simpl; auto using an_update_keeps_the_length. Qed.

Lemma an_addition_adds_to_what_the_set_has : forall set l p x,
  known (length l) p -> has set (add_to l p x) = has set l + moved set p x.
Proof.
  intros set l [| |i] x H; unfold moved; simpl in *; try lia.
  unfold has. change (set i) with (set (0 + i)%nat). revert i H. generalize 0%nat.
  induction l as [|a l IH]; intros n i H; simpl in *; [lia|].
  destruct i as [|i]; simpl.
  - rewrite Nat.add_0_r. destruct (set n); lia.
  - rewrite (IH (S n) i) by lia. replace (n + S i)%nat with (S n + i)%nat by lia. lia.
Qed.

Lemma a_flow_changes_what_the_set_has : forall set l f,
  between_known (length l) f -> has set (act l f) = has set l + net set f.
Proof.
  intros set l f [H G]. unfold act, net.
  rewrite an_addition_adds_to_what_the_set_has by (rewrite an_addition_keeps_the_length; exact G).
  rewrite an_addition_adds_to_what_the_set_has by exact H.
  unfold moved. destruct (member set (payer f)), (member set (payee f)); lia.
Qed.

Definition is_outside (p : party) : bool := match p with Outside => true | _ => false end.
Definition is_pool (p : party) : bool := match p with Pool => true | _ => false end.
Definition is_other (set : nat -> bool) (p : party) : bool :=
  match p with Account i => negb (set i) | _ => false end.

(* What a set gets from parties of a kind, less what it pays them, in a run. *)
Definition got (set : nat -> bool) (kind : party -> bool) (run : list flow) : Z :=
  sum (fun f => (if kind (payer f) then moved set (payee f) (amount f) else 0)
              - (if kind (payee f) then moved set (payer f) (amount f) else 0)) run.

Lemma a_flow_comes_from_outside_the_pool_or_others : forall set f,
  net set f = ((if is_outside (payer f) then moved set (payee f) (amount f) else 0)
               - (if is_outside (payee f) then moved set (payer f) (amount f) else 0))
            + ((if is_pool (payer f) then moved set (payee f) (amount f) else 0)
               - (if is_pool (payee f) then moved set (payer f) (amount f) else 0))
            + ((if is_other set (payer f) then moved set (payee f) (amount f) else 0)
               - (if is_other set (payee f) then moved set (payer f) (amount f) else 0)).
Proof.
  intros set [[| |i] [| |j] x r]; unfold net, moved; simpl;
    repeat match goal with |- context [set ?k] => destruct (set k) end; simpl; lia.
Qed.

Theorem what_a_set_takes_out_it_put_in_or_others_paid : forall set run l,
  Forall (between_known (length l)) run ->
  - got set is_outside run
    = has set l - has set (fold_left act run l) + got set (is_other set) run + got set is_pool run.
Proof.
  intros set run. induction run as [|f run IH]; intros l H; unfold got, sum in *; simpl; [lia|].
  inversion H as [|x y Hf Hr]; subst.
  assert (L : length (act l f) = length l) by (unfold act; rewrite !an_addition_keeps_the_length; reflexivity).
  specialize (IH (act l f)). rewrite L in IH. specialize (IH Hr).
  pose proof (a_flow_changes_what_the_set_has set l f Hf).
  pose proof (a_flow_comes_from_outside_the_pool_or_others set f). lia.
Qed.

(* What a set gets of others for one reason. *)
Definition for_reason (r : nat) (run : list flow) : list flow := filter (fun f => Nat.eqb (reason f) r) run.

Theorem what_a_set_gets_for_a_reason_others_pay : forall set r run,
  got set (is_other set) (for_reason r run)
    = - got (fun i => negb (set i)) (is_other (fun i => negb (set i))) (for_reason r run).
Proof.
  intros set r run. induction (for_reason r run) as [|f l IH]; unfold got, sum in *; simpl; [lia|].
  destruct f as [[| |i] [| |j] x q]; unfold moved in *; simpl in *;
    repeat match goal with |- context [set ?k] => destruct (set k) end; simpl; lia.
Qed.

Lemma a_run_begins_with_its_first_flow : forall set kind f run,
  got set kind (f :: run) = got set kind [f] + got set kind run.
Proof. intros. unfold got, sum; simpl. lia. Qed.

Lemma one_more_flow_is_for_its_reason : forall set f run reasons, NoDup reasons ->
  sum (fun r => got set (is_other set) (for_reason r (f :: run))) reasons
  = (if existsb (Nat.eqb (reason f)) reasons then got set (is_other set) [f] else 0)
    + sum (fun r => got set (is_other set) (for_reason r run)) reasons.
Proof.
  intros set f run reasons. induction reasons as [|r l IH]; intros N; [reflexivity|].
  inversion N as [|a b Hn Hl]; subst. specialize (IH Hl).
  change (sum ?g (r :: l)) with (g r + sum g l). cbv beta. rewrite IH.
  unfold for_reason at 1; simpl. destruct (Nat.eqb_spec (reason f) r) as [E|D]; simpl.
  - rewrite a_run_begins_with_its_first_flow. fold (for_reason r run).
    destruct (existsb (Nat.eqb (reason f)) l) eqn:Ex; [|lia].
    apply existsb_exists in Ex as (k & Hk & Ek). apply Nat.eqb_eq in Ek. subst. congruence.
  - fold (for_reason r run). lia.
Qed.

Theorem what_a_set_gets_is_the_sum_over_all_reasons : forall set reasons run,
  NoDup reasons -> Forall (fun f => In (reason f) reasons) run ->
  got set (is_other set) run = sum (fun r => got set (is_other set) (for_reason r run)) reasons.
Proof.
  intros set reasons run N H. induction run as [|f run IH].
  - unfold got, sum; simpl. clear. induction reasons; simpl; lia.
  - inversion H as [|x y Hf Hr]; subst. rewrite a_run_begins_with_its_first_flow, (IH Hr).
    rewrite (one_more_flow_is_for_its_reason set f run reasons N).
    assert (X : existsb (Nat.eqb (reason f)) reasons = true).
    { apply existsb_exists. exists (reason f). split; [exact Hf | apply Nat.eqb_refl]. }
    rewrite X. lia.
Qed.

Theorem a_set_without_debts_takes_out_at_most_what_it_had_and_got : forall set run l,
  Forall (between_known (length l)) run -> 0 <= has set (fold_left act run l) ->
  - got set is_outside run <= has set l + got set (is_other set) run + got set is_pool run.
Proof.
  intros set run l H G. rewrite (what_a_set_takes_out_it_put_in_or_others_paid set run l H). lia.
Qed.

(* With all that is counted: free atoms, claims, debts, gains and what is unsettled. *)
Record Holder := { in_set : bool; put_in : Z; taken_out : Z; free : Z; claim : Z; owes : Z; due : Z }.

Definition worth (h : Holder) : Z := free h + claim h - owes h + due h.
Definition of_set (f : Holder -> Z) (h : Holder) : Z := if in_set h then f h else 0.
Definition of_others (f : Holder -> Z) (h : Holder) : Z := if in_set h then 0 else f h.

Theorem nobody_takes_out_more_than_others_lost : forall holders cash lent borrowed reserve unearned,
  sum put_in holders - sum taken_out holders = sum free holders + cash ->
  cash + borrowed = lent + reserve + unearned -> 0 <= reserve -> 0 <= unearned ->
  sum claim holders <= lent -> borrowed <= sum owes holders -> sum due holders = 0 ->
  sum (of_set (fun h => taken_out h - put_in h + worth h)) holders
    <= sum (of_others (fun h => put_in h - taken_out h - worth h)) holders.
Proof.
  intros l cash lent borrowed reserve unearned Custody Pool R U Claims Debts Flat.
  assert (E : sum (of_set (fun h => taken_out h - put_in h + worth h)) l
    - sum (of_others (fun h => put_in h - taken_out h - worth h)) l
    = sum taken_out l - sum put_in l + sum free l + sum claim l - sum owes l + sum due l).
  { clear. induction l as [|h l IH]; unfold sum in *; simpl; [lia|].
    unfold of_set, of_others, worth in *. destruct (in_set h); lia. }
  lia.
Qed.
